/* Sums over authentications. */
#define _GNU_SOURCE
#include "tally.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double QUANTILES[] = {0.5, 0.95, 0.99, 1};
static const char *const QUANTILE_NAMES[] = {"p50", "p95", "p99", "max"};
enum { QUANTILE_COUNT = sizeof QUANTILES / sizeof QUANTILES[0] };

int tally_init(struct tally *tally, uint64_t capacity, uint64_t now_ns) {
  *tally = (struct tally){.what = "established", .begun_ns = now_ns, .capacity = capacity};
  tally->latencies_ns = calloc(capacity, sizeof *tally->latencies_ns);
  return tally->latencies_ns == NULL ? -1 : 0;
}

void tally_deinit(struct tally *tally) {
  free(tally->latencies_ns);
}

void tally_established(struct tally *tally, uint64_t latency_ns) {
  assert(tally->established < tally->capacity);
  tally->latencies_ns[tally->established++] = latency_ns;
}

void tally_failed(struct tally *tally, const char *reason) {
  tally->failed++;
  size_t place = 0;
  while (place < tally->reason_count && strcmp(tally->reasons[place].text, reason) != 0)
    place++;
  if (place == TALLY_REASONS_MAX)
    place--;
  if (place == tally->reason_count)
    tally->reasons[tally->reason_count++].text = reason;
  tally->reasons[place].count++;
}

static int tally_compare(const void *a, const void *b) {
  const uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
  return (left > right) - (left < right);
}

/* The smallest latency that at least this share of the established ones does not exceed. */
static double quantile_ms(const struct tally *tally, double share) {
  const double rank = share * (double)tally->established;
  uint64_t place = (uint64_t)rank;
  if ((double)place == rank && place > 0)
    place--;
  return (double)tally->latencies_ns[place] / (double)NODE_MS;
}

static void tally_print_latencies(const struct tally *tally) {
  char text[QUANTILE_COUNT * 48];
  size_t used = 0;
  for (size_t i = 0; i < QUANTILE_COUNT; i++)
    used += (size_t)snprintf(text + used, sizeof text - used, "%s%s %.2f ms", i == 0 ? "" : ", ",
                             QUANTILE_NAMES[i], quantile_ms(tally, QUANTILES[i]));
  report_text("  latency %s\n", text);
}

static void tally_print_words(const struct tally *tally, double seconds) {
  if (tally->established + tally->failed == 1) {
    if (tally->established == 1)
      report_text("%s after %.2f ms\n", tally->what, quantile_ms(tally, 1));
    else
      report_text("failed after %.3f s: %s\n", seconds, tally->reasons[0].text);
    return;
  }
  report_text("%s %llu, failed %llu, in %.3f s: %.1f a second\n", tally->what,
              (unsigned long long)tally->established, (unsigned long long)tally->failed, seconds,
              (double)tally->established / seconds);
  for (size_t i = 0; i < tally->reason_count; i++)
    report_text("  failed %llu: %s\n", (unsigned long long)tally->reasons[i].count,
                tally->reasons[i].text);
  if (tally->established > 0)
    tally_print_latencies(tally);
}

static void tally_print_json(const struct tally *tally, const struct report *report,
                             double seconds) {
  json_t *reasons = json_object(), *latency = json_object();
  for (size_t i = 0; i < tally->reason_count; i++)
    json_object_set_new(reasons, tally->reasons[i].text,
                        json_integer((json_int_t)tally->reasons[i].count));
  for (size_t i = 0; tally->established > 0 && i < QUANTILE_COUNT; i++)
    json_object_set_new(latency, QUANTILE_NAMES[i], json_real(quantile_ms(tally, QUANTILES[i])));
  report_json(report, REPORT_RESULTS, "summary",
              json_pack("{s:I,s:I,s:o,s:f,s:f,s:o}", tally->what, (json_int_t)tally->established,
                        "failed", (json_int_t)tally->failed, "reasons", reasons, "seconds", seconds,
                        "rate_per_s", (double)tally->established / seconds, "latency_ms", latency));
}

void tally_report(struct tally *tally, const struct report *report, uint64_t now_ns) {
  const double seconds = (double)(now_ns - tally->begun_ns + 1) / (double)NODE_SECOND;
  qsort(tally->latencies_ns, tally->established, sizeof *tally->latencies_ns, tally_compare);
  if (report->level >= REPORT_RESULTS)
    tally_print_words(tally, seconds);
  tally_print_json(tally, report, seconds);
}
