/* What the simulated world says twice: the same seed the same frames, whatever ran before and
 * whoever else is there; and its captures are what it told. */
#include "world_lab.h"

#include <dirent.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PCAP_HEADER = 24, PCAP_RECORD = 16, FILE_MAX_OCTETS = 1 << 20 };

static char folder[] = "/tmp/world_repeat_XXXXXX";

struct file {
  uint8_t *data;
  size_t length;
};

static struct file read_file(const char *name) {
  char path[128];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *stream = fopen(path, "rb");
  assert_non_null(stream);
  struct file file = {.data = malloc(FILE_MAX_OCTETS)};
  assert_non_null(file.data);
  file.length = fread(file.data, 1, FILE_MAX_OCTETS, stream);
  fclose(stream);
  return file;
}

/* Datagrams from every leaf of a small tree at about the same time, with losses. */
static void run_tree(uint64_t seed) {
  static const size_t parents[] = {0, 0, 0, 1, 2, 2};
  struct world_config config = lab_config(6, parents, seed);
  config.pcap_directory = folder;
  struct lab lab = {.data_loss = 0.1, .ack_loss = 0.1};
  lab_build(&lab, &config);
  lab.random = 0;
  for (uint32_t i = 0; i < 20; i++) {
    for (size_t node = 3; node < 6; node++)
      lab_send(&lab, node, 0, 150, i);
    world_run(lab.world, world_now(lab.world) + NODE_SECOND);
  }
  assert_true(lab.delivered > 20);
  lab_destroy(&lab);
}

static struct file capture_tree(uint64_t seed) {
  run_tree(seed);
  return read_file("air.pcap");
}

static struct file capture_tree_in_a_child(uint64_t seed) {
  const pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    run_tree(seed);
    _exit(0);
  }
  int status;
  assert_int_equal(waitpid(child, &status, 0), child);
  assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  return read_file("air.pcap");
}

static bool same(struct file a, struct file b) {
  return a.length == b.length && memcmp(a.data, b.data, a.length) == 0;
}

/* Must be the first test: its first child has never seen ns-3. */
static void the_same_seed_gives_the_same_capture(void **state) {
  (void)state;
  struct file cold = capture_tree_in_a_child(42);
  world_warm_up();
  struct file warm = capture_tree_in_a_child(42);
  struct file here = capture_tree(42);
  struct file again = capture_tree(42);
  assert_true(cold.length > 1000);
  assert_true(same(cold, warm));
  assert_true(same(cold, here));
  assert_true(same(cold, again));
  free(cold.data);
  free(warm.data);
  free(here.data);
  free(again.data);
}

static void other_seeds_give_other_captures(void **state) {
  (void)state;
  static const uint64_t seeds[] = {0,
                                   1,
                                   UINT64_C(1) << 50,
                                   UINT64_C(1) << 51,
                                   UINT64_C(1) << 52,
                                   (UINT64_C(1) << 53) - 2,
                                   (UINT64_C(1) << 53) - 1};
  enum { COUNT = sizeof seeds / sizeof *seeds };
  struct file files[COUNT];
  for (size_t i = 0; i < COUNT; i++) {
    files[i] = capture_tree(seeds[i]);
    for (size_t j = 0; j < i; j++)
      assert_false(same(files[i], files[j]));
  }
  for (size_t i = 0; i < COUNT; i++)
    free(files[i].data);
}

/* A digest of what the first two nodes sent, and when. */
struct frames_digest {
  uint64_t value;
  size_t frames;
};

static void digest_octet(struct frames_digest *digest, uint8_t octet) {
  digest->value = (digest->value ^ octet) * UINT64_C(0x100000001b3);
}

static void digest_frame(struct lab *lab, const struct world_frame *frame) {
  struct frames_digest *digest = lab->context;
  if (frame->sender > 1)
    return;
  digest->frames++;
  digest_octet(digest, (uint8_t)frame->sender);
  for (unsigned shift = 0; shift < 64; shift += 8)
    digest_octet(digest, (uint8_t)(frame->now_ns >> shift));
  for (size_t i = 0; i < frame->length; i++)
    digest_octet(digest, frame->psdu[i]);
}

/* Nodes 0 and 1 talk; so do the deepest two, if there are five. */
static struct frames_digest talk(const size_t *parents, size_t count, uint64_t seed) {
  struct frames_digest digest = {0};
  struct lab lab = {.on_frame = digest_frame, .context = &digest};
  const struct world_config config = lab_config(count, parents, seed);
  lab_build(&lab, &config);
  for (uint32_t i = 0; i < 20; i++) {
    lab_send(&lab, 1, 0, 200, i);
    if (count == 5)
      lab_send(&lab, 4, 3, 100, i);
    world_run(lab.world, world_now(lab.world) + NODE_SECOND);
  }
  lab_destroy(&lab);
  return digest;
}

static void more_nodes_change_nothing_elsewhere(void **state) {
  (void)state;
  static const size_t pair[] = {0, 0};
  static const size_t star[] = {0, 0, 0, 0};
  static const size_t chain[] = {0, 0, 1, 2, 3};
  const struct frames_digest alone = talk(pair, 2, 5);
  const struct frames_digest among_silent = talk(star, 4, 5);
  const struct frames_digest beside_others = talk(chain, 5, 5);
  const struct frames_digest other = talk(pair, 2, 6);
  assert_true(alone.frames == 20 * 4);
  assert_true(alone.value == among_silent.value);
  assert_true(alone.value == beside_others.value);
  assert_true(alone.value != other.value);
}

struct told {
  uint64_t now_ns;
  size_t sender;
  size_t length;
  uint8_t psdu[WORLD_PSDU_MAX];
};

struct tape {
  struct told frame[1000];
  size_t count;
};

static void record_frame(struct lab *lab, const struct world_frame *frame) {
  struct tape *tape = lab->context;
  struct told *told = &tape->frame[tape->count++];
  *told = (struct told){frame->now_ns, frame->sender, frame->length, {0}};
  memcpy(told->psdu, frame->psdu, frame->length);
}

static uint32_t get_u32(const uint8_t *at) {
  uint32_t value;
  memcpy(&value, at, sizeof value);
  return value;
}

static uint16_t fcs_of(const uint8_t *octets, size_t length) {
  uint16_t crc = 0;
  for (size_t i = 0; i < length; i++) {
    crc = (uint16_t)(crc ^ octets[i]);
    for (int bit = 0; bit < 8; bit++)
      crc = (uint16_t)(crc & 1 ? crc >> 1 ^ 0x8408 : crc >> 1);
  }
  return crc;
}

/* The frames of a capture; checks its head, and the FCS of each frame. */
static size_t read_capture(const char *name, struct tape *tape) {
  struct file file = read_file(name);
  assert_true(file.length >= PCAP_HEADER);
  assert_int_equal(get_u32(file.data), 0xa1b23c4d); /* nanoseconds */
  assert_int_equal(get_u32(file.data + 20), 195);   /* IEEE802_15_4_WITHFCS */
  size_t at = PCAP_HEADER;
  tape->count = 0;
  while (at < file.length) {
    const uint8_t *record = file.data + at;
    const size_t length = get_u32(record + 8);
    assert_int_equal(get_u32(record + 12), length);
    assert_true(length <= WORLD_PSDU_MAX && at + PCAP_RECORD + length <= file.length);
    struct told *told = &tape->frame[tape->count++];
    told->now_ns = get_u32(record) * NODE_SECOND + get_u32(record + 4);
    told->length = length;
    memcpy(told->psdu, record + PCAP_RECORD, length);
    const uint16_t fcs = (uint16_t)(told->psdu[length - 2] | told->psdu[length - 1] << 8);
    assert_int_equal(fcs, fcs_of(told->psdu, length - 2));
    at += PCAP_RECORD + length;
  }
  free(file.data);
  return tape->count;
}

static void captures_hold_what_was_told(void **state) {
  (void)state;
  static const size_t parents[] = {0, 0, 1, 2};
  static struct tape tape, capture;
  struct world_config config = lab_config(4, parents, 8);
  config.pcap_directory = folder;
  struct lab lab = {.on_frame = record_frame, .context = &tape, .data_loss = 0.1};
  lab_build(&lab, &config);
  for (uint32_t i = 0; i < 10; i++) {
    lab_send(&lab, 3, 0, 150, i);
    world_run(lab.world, world_now(lab.world) + NODE_SECOND);
  }
  lab_destroy(&lab);

  assert_int_equal(read_capture("air.pcap", &capture), tape.count);
  size_t sent[4] = {0};
  for (size_t i = 0; i < tape.count; i++) {
    assert_int_equal(capture.frame[i].now_ns, tape.frame[i].now_ns);
    assert_int_equal(capture.frame[i].length, tape.frame[i].length);
    assert_memory_equal(capture.frame[i].psdu, tape.frame[i].psdu, tape.frame[i].length);
    sent[tape.frame[i].sender]++;
  }
  /* A node holds what it sent and what it heard: nothing of who is two hops away, not all of the
   * neighbours, since frames were lost. */
  for (size_t node = 0; node < 4; node++) {
    char name[32];
    snprintf(name, sizeof name, "node-%zu.pcap", node);
    const size_t near =
        (node > 0 ? sent[node - 1] : 0) + (node < 3 ? sent[node + 1] : 0) + sent[node];
    const size_t frames = read_capture(name, &capture);
    assert_true(frames > sent[node] && frames < near);
  }
}

static int make_folder(void **state) {
  (void)state;
  return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state) {
  (void)state;
  DIR *directory = opendir(folder);
  for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    if (entry->d_name[0] != '.')
      unlink(path);
  }
  if (directory != NULL)
    closedir(directory);
  return rmdir(folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(the_same_seed_gives_the_same_capture, lab_teardown),
      cmocka_unit_test_teardown(other_seeds_give_other_captures, lab_teardown),
      cmocka_unit_test_teardown(more_nodes_change_nothing_elsewhere, lab_teardown),
      cmocka_unit_test_teardown(captures_hold_what_was_told, lab_teardown),
  };
  return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
