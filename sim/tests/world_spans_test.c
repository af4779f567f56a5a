/* Which octets of the air belong to what: the tags of each frame against its 6LoWPAN headers, read
 * here by hand. */
#include "world_lab.h"

enum { MAC_HEADER = 9, FCS = 2, IPV6_UDP = 48, DATAGRAMS = 64, HOPS_MAX = 6 };

struct sent {
  uint8_t data[WORLD_DATAGRAM_MAX];
  uint16_t row[WORLD_DATAGRAM_MAX];
  size_t length;
  size_t destination;
  size_t delivered;
  /* How often each octet left each node; repetitions of the MAC do not count. */
  uint8_t times[HOPS_MAX + 1][WORLD_DATAGRAM_MAX];
};

struct watch {
  struct sent sent[DATAGRAMS];
  size_t count;
  size_t repetitions;
  uint8_t last[HOPS_MAX + 1][WORLD_PSDU_MAX]; /* data frame of each sender */
  size_t last_length[HOPS_MAX + 1];
};

/* The length of IPHC and the UDP header compression (RFC 6282), or 0 if it is something else. */
static size_t compressed_length(const uint8_t *lowpan) {
  static const uint8_t traffic[4] = {4, 3, 1, 0};
  static const uint8_t address[4] = {16, 8, 2, 0};
  static const uint8_t ports[4] = {4, 3, 3, 1};
  const uint8_t a = lowpan[0], b = lowpan[1];
  if (a >> 5 != 3 || (a & 4) == 0 || (b & 0x08) != 0)
    return 0;
  size_t length = 2;
  length += b >> 7;              /* contexts */
  length += traffic[a >> 3 & 3]; /* traffic class and flow label */
  length += (a & 3) == 0;        /* hop limit */
  length += address[b >> 4 & 3]; /* source */
  length += address[b & 3];      /* destination */
  const uint8_t udp = lowpan[length];
  if (udp >> 3 != 0x1e)
    return 0;
  return length + 1 + ports[udp & 3] + ((udp & 4) == 0 ? 2 : 0);
}

/* Where the UDP payload of a data frame starts in its PSDU, and at which octet of the datagram. */
static size_t find_payload(const struct world_frame *frame, size_t *octet) {
  const uint8_t *lowpan = frame->psdu + MAC_HEADER;
  size_t header = 0;
  *octet = 0;
  if (lowpan[0] >> 3 == 0x1c) { /* a fragment that is not the first */
    *octet = (size_t)lowpan[4] * 8 - IPV6_UDP;
    return MAC_HEADER + 5;
  }
  if (lowpan[0] >> 3 == 0x18) /* the first */
    header = 4;
  const size_t compressed = compressed_length(lowpan + header);
  assert_true(compressed > 0);
  return MAC_HEADER + header + compressed;
}

static bool is_repetition(struct watch *watch, const struct world_frame *frame) {
  uint8_t *last = watch->last[frame->sender];
  const bool same = watch->last_length[frame->sender] == frame->length &&
                    memcmp(last, frame->psdu, frame->length) == 0;
  memcpy(last, frame->psdu, frame->length);
  watch->last_length[frame->sender] = frame->length;
  return same;
}

/* Which datagram and row each octet of a frame is tagged with; -1: none. */
static void spread_tags(const struct world_frame *frame, int64_t *datagram, int *row) {
  for (size_t i = 0; i < frame->length; i++) {
    datagram[i] = -1;
    row[i] = -1;
  }
  size_t end = 0;
  for (size_t i = 0; i < frame->tagged_count; i++) {
    const struct world_tagged *tagged = &frame->tagged[i];
    assert_true(tagged->length > 0 && tagged->offset >= end);
    if (i > 0 && tagged->offset == end) /* else they had been merged */
      assert_true(tagged[-1].row != tagged->row || tagged[-1].datagram != tagged->datagram);
    end = (size_t)tagged->offset + tagged->length;
    assert_true(end <= frame->length);
    for (size_t j = tagged->offset; j < end; j++) {
      datagram[j] = tagged->datagram;
      row[j] = tagged->row;
    }
  }
}

static void check_frame(struct lab *lab, const struct world_frame *frame) {
  struct watch *watch = lab->context;
  assert_int_equal(frame->now_ns, world_now(lab->world));
  if (frame->length == WORLD_ACK_LENGTH) {
    assert_int_equal(frame->tagged_count, 0);
    return;
  }
  int64_t datagram[WORLD_PSDU_MAX];
  int row[WORLD_PSDU_MAX];
  spread_tags(frame, datagram, row);
  size_t octet;
  const size_t start = find_payload(frame, &octet);
  const size_t end = frame->length - FCS;
  assert_true(start < end && datagram[start] >= 0);
  struct sent *sent = &watch->sent[datagram[start]];
  const bool repetition = is_repetition(watch, frame);
  watch->repetitions += repetition;
  for (size_t i = 0; i < frame->length; i++) {
    if (i < start || i >= end) {
      assert_int_equal(datagram[i], -1);
      continue;
    }
    assert_int_equal(datagram[i], datagram[start]);
    assert_true(octet < sent->length);
    assert_int_equal(row[i], sent->row[octet]);
    assert_int_equal(frame->psdu[i], sent->data[octet]);
    if (!repetition)
      sent->times[frame->sender][octet]++;
    octet++;
  }
}

/* The first octet of a datagram is its index. */
static void check_delivery(struct lab *lab, size_t node, const struct node_datagram *datagram) {
  struct watch *watch = lab->context;
  assert_true(datagram->length > 0);
  struct sent *sent = &watch->sent[datagram->data[0]];
  assert_int_equal(node, sent->destination);
  assert_int_equal(lab->id, datagram->data[0]);
  assert_int_equal(datagram->length, sent->length);
  assert_memory_equal(datagram->data, sent->data, sent->length);
  sent->delivered++;
}

/* Random octets in random spans, some with the row of the one before, some empty. */
static void send_random(struct lab *lab, size_t from, size_t to) {
  struct watch *watch = lab->context;
  struct sent *sent = &watch->sent[watch->count];
  const size_t wanted = lab_random_below(lab, 2) ? lab_random_below(lab, 100) + 1
                                                 : lab_random_below(lab, WORLD_DATAGRAM_MAX) + 1;
  struct span_list spans = {.count = 0};
  sent->destination = to;
  sent->length = 0;
  uint16_t row = 0;
  while (sent->length < wanted) {
    const size_t left = wanted - sent->length;
    const bool last = spans.count == SPAN_LIST_MAX - 1;
    const size_t length = last ? left : lab_random_below(lab, left < 60 ? left + 1 : 60);
    if (spans.count == 0 || lab_random_below(lab, 5) > 0)
      row = (uint16_t)lab_random_below(lab, 1000);
    spans.item[spans.count++] = (struct span){row, (uint16_t)length};
    for (size_t i = 0; i < length; i++) {
      sent->data[sent->length] = (uint8_t)lab_random(lab);
      sent->row[sent->length++] = row;
    }
    if (last)
      break;
  }
  sent->data[0] = (uint8_t)watch->count;
  assert_int_equal(lab_send_spans(lab, from, to, sent->data, &spans, (uint32_t)watch->count), 0);
  watch->count++;
}

/* Each octet of what arrived left each node on its way once; of what was lost, at most once. */
static void check_times(const struct sent *sent, size_t hops, size_t from) {
  for (size_t hop = 0; hop < hops; hop++) {
    const size_t sender = from > 0 ? from - hop : hop;
    for (size_t i = 0; i < sent->length; i++) {
      if (sent->delivered == 1)
        assert_int_equal(sent->times[sender][i], 1);
      else
        assert_true(sent->times[sender][i] <= 1);
    }
  }
}

static size_t try_chain(struct watch *watch, size_t hops, bool down, double loss, uint64_t seed) {
  memset(watch, 0, sizeof *watch);
  struct lab lab = {.on_frame = check_frame,
                    .on_datagram = check_delivery,
                    .context = watch,
                    .data_loss = loss,
                    .ack_loss = loss};
  lab_build_chain(&lab, hops, seed);
  const size_t from = down ? 0 : hops;
  const size_t to = down ? hops : 0;
  for (size_t i = 0; i < DATAGRAMS; i++) {
    send_random(&lab, from, to);
    /* With losses, two are on their way at a time. */
    if (loss == 0 || i % 2 == 1)
      world_run(lab.world, world_now(lab.world) + 20 * NODE_SECOND);
  }
  size_t delivered = 0;
  for (size_t i = 0; i < DATAGRAMS; i++) {
    assert_true(watch->sent[i].delivered <= 1);
    delivered += watch->sent[i].delivered;
    check_times(&watch->sent[i], hops, from);
  }
  lab_destroy(&lab);
  return delivered;
}

static void every_octet_is_tagged_right(void **state) {
  (void)state;
  struct watch *watch = malloc(sizeof *watch);
  assert_non_null(watch);
  for (size_t hops = 1; hops <= HOPS_MAX; hops++)
    for (int down = 0; down < 2; down++)
      assert_int_equal(try_chain(watch, hops, down == 1, 0, hops), DATAGRAMS);
  free(watch);
}

static void tags_outlive_losses(void **state) {
  (void)state;
  struct watch *watch = malloc(sizeof *watch);
  assert_non_null(watch);
  for (size_t hops = 1; hops <= HOPS_MAX; hops++) {
    for (int down = 0; down < 2; down++) {
      const size_t delivered = try_chain(watch, hops, down == 1, 0.2, 100 + hops);
      assert_true(delivered > DATAGRAMS / 2 && delivered <= DATAGRAMS);
      assert_true(watch->repetitions > 0);
    }
  }
  free(watch);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(every_octet_is_tagged_right, lab_teardown),
      cmocka_unit_test_teardown(tags_outlive_losses, lab_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
