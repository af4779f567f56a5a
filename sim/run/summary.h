/* What a run that has ended comes to. */
#ifndef SIM_RUN_SUMMARY_H
#define SIM_RUN_SUMMARY_H

#include "agenda.h"
#include "spec/result.h"

/* Fills in the result. */
void run_summarize(const struct run *run, struct result *result);

/* Private to summary*.c. */

/* From one moment to another; NaN where either has not happened. */
double summary_span_ms(uint64_t begin_ns, uint64_t end_ns);

/* Times of one authentication, in milliseconds; NaN: there is none. */
struct summary_times {
  double time_ms, key_ms, trigger_ms, identity_ms, method_ms, association_ms;
};
struct summary_times summary_times(const struct record *record);

/* The peer's radio over an authentication; empty if it has not begun or not ended. */
struct meter_reading summary_reading(const struct record *record);

/* Energy of constrained peers over the time that was read. */
double summary_energy_mj(const struct run *run, const struct meter_reading *reading);

/* The same of one peer, by what it is; NaN where it has no radio, and so no meter. */
double summary_energy_of_mj(const struct host *peer, const struct meter_reading *reading);

/* Whether a peer is constrained: means of energy are of these. */
bool summary_is_constrained(const struct run *run, size_t peer);
size_t summary_constrained(const struct run *run);

/* What the time of an authentication went to, by cause; null: it is not established. */
json_t *summary_parts(const struct record *record);

/* A number, or null where it is none. */
json_t *summary_figure(double value);

/* Octets by row. */
json_t *summary_ledger(const struct ledger_bytes *bytes);

/* Of the acts of a stage in one turn, all peers. */
struct act_tally summary_tally(const struct run *run, const struct stage *stage, enum turn turn);

/* Of these, those of constrained peers. */
struct act_tally summary_tally_constrained(const struct run *run, const struct stage *stage,
                                           enum turn turn);

/* Blocks of each primitive, by party; of the turns from `first` to `last`. */
json_t *summary_primitives(const struct run *run, enum node_phase phase, enum turn first,
                           enum turn last);

/* The parts: times and energies; counts and bytes; both by phase and turn. */
void summarize_cost(const struct run *run, struct result *result);
void summarize_traffic(const struct run *run, struct result *result);
void summarize_phases(const struct run *run, struct result *result);

/* What went between whom. */
void summarize_links(const struct run *run, struct result *result);

/* What it takes until an application server hears from a UE. */
void summarize_bootstrapping(const struct run *run, struct result *result);

/* What each party of the use case spends in each phase. */
void summarize_use_case(const struct run *run, struct result *result);

/* What the time of the peers' last authentications went to. */
void summarize_parts(const struct run *run, struct result *result);

/* When which share of the peers had joined. */
void summarize_joined(const struct run *run, struct result *result);

#endif
