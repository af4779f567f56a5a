/* What the files that sum up a run share. Private to summary*.c. */
#ifndef SIM_RUN_SUMMARY_H
#define SIM_RUN_SUMMARY_H

#include "run.h"

/* Energy of a radio over the time that was read. */
double summary_energy_mj(const struct run *run, const struct meter_reading *reading);

/* Counts, bytes and ledgers of the authentications and of the application, and its figures. */
void summarize_traffic(const struct run *run, struct result *result);

#endif
