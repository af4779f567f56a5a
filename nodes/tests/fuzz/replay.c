/* Replays a fuzz target without a fuzzer: its seeds, each cut at every octet and with every bit
 * flipped, and FUZZ_ROUNDS inputs that a seeded generator makes of them. `--corpus FOLDER` writes
 * the seeds as files instead, for libFuzzer to begin with. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "seeded.h"

enum { SEEDS_MAX = 64, CHANGES_MAX = 8, REPEATED_MAX = 300 };

static struct fuzz_input seeds[SEEDS_MAX];
static size_t seed_count;
static unsigned long runs;
static const char *folder;

/* An input in memory of exactly its length, so that a read too far is seen. */
static void replay_input(const uint8_t *data, size_t size) {
  uint8_t *exact = malloc(size > 0 ? size : 1);
  if (exact == NULL)
    abort();
  memcpy(exact, data, size);
  fuzz_accepted = false;
  fuzz_claim(LLVMFuzzerTestOneInput(exact, size) == 0, "the target takes every input");
  free(exact);
  runs++;
}

static void keep(const uint8_t *data, size_t size) {
  fuzz_claim(seed_count < SEEDS_MAX, "there is room for the seed");
  fuzz_input_put(&seeds[seed_count++], data, size);
}

static void vary(const struct fuzz_input *seed) {
  uint8_t data[FUZZ_INPUT_MAX];
  memcpy(data, seed->data, seed->size);
  replay_input(data, seed->size);
  if (!fuzz_accepted)
    fprintf(stderr, "seed %td:\n", seed - seeds);
  fuzz_claim(fuzz_accepted, "a seed is valid");
  for (size_t size = 0; size < seed->size; size++)
    replay_input(data, size);
  for (size_t bit = 0; bit < 8 * seed->size; bit++) {
    data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    replay_input(data, seed->size);
    data[bit / 8] ^= (uint8_t)(1u << bit % 8);
  }
}

/* Changes by chance */

static void insert(struct fuzz_input *input, size_t at, uint8_t octet, size_t length) {
  if (length > FUZZ_INPUT_MAX - input->size)
    return;
  memmove(input->data + at + length, input->data + at, input->size - at);
  memset(input->data + at, octet, length);
  input->size += length;
}

static void cut_out(struct fuzz_input *input, size_t at, size_t length) {
  const size_t end = at + length < input->size ? at + length : input->size;
  memmove(input->data + at, input->data + end, input->size - end);
  input->size -= end - at;
}

/* From here on it is another seed. */
static void splice(struct fuzz_input *input, size_t at, const struct fuzz_input *other) {
  if (other->size <= at)
    return;
  memcpy(input->data + at, other->data + at, other->size - at);
  input->size = other->size;
}

static void replay_change(struct fuzz_input *input, struct seeded *chance) {
  static const uint8_t special[] = {0, 1, 0x17, 0x18, 0x7f, 0x80, 0xfe, 0xff};
  const size_t at = seeded_below(chance, (uint32_t)input->size + 1);
  const uint8_t octet = (uint8_t)seeded_below(chance, 256);
  switch (seeded_below(chance, 6)) {
  case 0:
    insert(input, at, octet, 1);
    break;
  case 4:
    if (at < input->size) /* it comes many times */
      insert(input, at, input->data[at], seeded_below(chance, REPEATED_MAX));
    break;
  case 1:
    cut_out(input, at, 1 + seeded_below(chance, 8));
    break;
  case 2:
    splice(input, at, &seeds[seeded_below(chance, (uint32_t)seed_count)]);
    break;
  case 3:
    if (at < input->size)
      input->data[at] = special[octet % sizeof special];
    break;
  default:
    if (at < input->size)
      input->data[at] = octet;
  }
}

static void run_by_chance(struct seeded *chance) {
  static struct fuzz_input input;
  input = seeds[seeded_below(chance, (uint32_t)seed_count)];
  for (uint32_t changes = 1 + seeded_below(chance, CHANGES_MAX); changes > 0; changes--)
    replay_change(&input, chance);
  replay_input(input.data, input.size);
}

static int write_corpus(void) {
  for (size_t i = 0; i < seed_count; i++) {
    char path[4096];
    snprintf(path, sizeof path, "%s/seed-%02zu", folder, i);
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(seeds[i].data, 1, seeds[i].size, file) != seeds[i].size ||
        fclose(file) != 0) {
      perror(path);
      return EXIT_FAILURE;
    }
  }
  return EXIT_SUCCESS;
}

int main(int argc, char **argv) {
  struct seeded chance = {.state = 1};
  fuzz_seeds(keep);
  fuzz_claim(seed_count > 0, "there is a seed");
  if (argc == 3 && strcmp(argv[1], "--corpus") == 0) {
    folder = argv[2];
    return write_corpus();
  }
  for (size_t i = 0; i < seed_count; i++)
    vary(&seeds[i]);
  for (unsigned i = 0; i < FUZZ_ROUNDS; i++)
    run_by_chance(&chance);
  printf("%zu seeds, %lu inputs\n", seed_count, runs);
  return EXIT_SUCCESS;
}
