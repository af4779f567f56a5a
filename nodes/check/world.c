/* The network's choices, and their effects. */
#include "world.h"

#include "cast.h"
#include "datagram.h"
#include "hosts.h"

#include <assert.h>
#include <string.h>

static enum check_side check_world_other(enum check_side side) {
  return side == CHECK_PEER ? CHECK_AUTHENTICATOR : CHECK_PEER;
}

static const struct check_cast *cast_of(const struct check_world *world) {
  return check_cast_of(world->model);
}

static const struct monitor_watch *watch_of(const struct check_world *world) {
  return cast_of(world)->watch;
}

static void read_message(const struct check_datagram *datagram, struct monitor_message *message) {
  monitor_parse(message, datagram->data, datagram->length, datagram->is_coap,
                datagram->is_protected);
  message->is_readable = datagram->is_readable;
  message->source = datagram->source;
}

/* Departures */

static void record(struct check_world *world, const struct check_datagram *datagram) {
  if (datagram->copy > 0)
    return;
  if (world->record_count == CHECK_RECORD_MAX) {
    world->full = true;
    return;
  }
  world->record[world->record_count++] = *datagram;
  digest_u64(&world->recorded, datagram->era);
  digest_u64(&world->recorded, datagram->protocol);
  digest_octets(&world->recorded, datagram->data, datagram->length);
}

static bool starts_with(const struct span_list *spans, enum row row) {
  return spans->count > 0 && spans->item[0].row == row;
}

static void depart(struct check_world *world, enum check_side side,
                   const struct node_datagram *written) {
  if (world->flight_count == CHECK_FLIGHT_MAX || written->length > CHECK_DATAGRAM_MAX) {
    world->full = true;
    return;
  }
  struct check_datagram *datagram = &world->flight[world->flight_count++];
  *datagram = (struct check_datagram){.number = ++world->departed,
                                      .sender = side,
                                      .source = written->source,
                                      .destination = written->destination,
                                      .protocol = written->protocol,
                                      .length = written->length,
                                      .label = written->label,
                                      .copy = written->copy,
                                      .is_protected = written->is_protected,
                                      .is_readable = starts_with(&written->spans, ROW_PANA_HEADER),
                                      .is_coap = starts_with(&written->spans, ROW_COAP_HEADER),
                                      .eap_at = check_datagram_find_eap(&written->spans, NULL),
                                      .departed_ns = world->now_ns,
                                      .era = world->monitor.sides[CHECK_AUTHENTICATOR].run};
  memcpy(datagram->data, written->data, written->length);
  struct monitor_message message;
  read_message(datagram, &message);
  message.is_access =
      written->phase == NODE_PHASE_APPLICATION && written->part == NODE_PART_REQUEST;
  message.sealed = check_datagram_sealed(datagram, world->model, datagram->data);
  monitor_sealed_sends(&world->monitor, side, &message.sealed);
  size_t eap_length;
  const size_t eap_at = check_datagram_find_eap(&written->spans, &eap_length);
  datagram->eap_end = eap_at == CHECK_NO_EAP ? CHECK_NO_EAP : eap_at + eap_length;
  watch_of(world)->sends(&world->monitor, side, &message,
                         eap_at == CHECK_NO_EAP ? NULL : datagram->data + eap_at, eap_length,
                         datagram->copy);
  datagram->packet = message.packet;
  if (world->model->acts[MODEL_INJECT])
    record(world, datagram);
  if (world->observer != NULL && world->observer->departs != NULL)
    world->observer->departs(world->observer->context, world, datagram);
}

static void drain(struct check_world *world, enum check_side side) {
  uint8_t data[NODE_DATAGRAM_MAX];
  for (;;) {
    struct node_datagram datagram = {.data = data, .capacity = sizeof data};
    const int result = node_write(world->parties[side].node, &datagram, world->now_ns);
    if (result < 0)
      monitor_errs(&world->monitor, side, result);
    if (result <= 0)
      return;
    depart(world, side, &datagram);
  }
}

/* What a node did, and what it has to send then. */
static void settle(struct check_world *world, enum check_side side, int result) {
  if (result < 0)
    monitor_errs(&world->monitor, side, result);
  else
    drain(world, side);
}

static void on_event(void *context, enum check_side side, const struct node_event *event) {
  struct check_world *world = context;
  if (check_party_asks(&world->parties[side]) && watch_of(world)->is_beginning(event))
    check_party_begins(&world->parties[side]);
  monitor_sealed_event(&world->monitor, side, event);
  watch_of(world)->event(&world->monitor, side, event);
  if (world->observer != NULL && world->observer->tells != NULL)
    world->observer->tells(world->observer->context, world, side, event);
}

/* Life */

static void begin(struct check_world *world, enum check_occasion occasion) {
  enum check_side side;
  int result;
  if (cast_of(world)->begin(world->parties, occasion, world->now_ns, &side, &result))
    settle(world, side, result);
}

void check_world_init(struct check_world *world, const struct model *model,
                      const struct check_observer *observer) {
  memset(world, 0, sizeof *world);
  world->model = model;
  world->observer = observer;
  world->budget_left = model->budget;
  world->begun = 1;
  digest_init(&world->recorded);
  monitor_init(&world->monitor, model);
  for (int side = 0; side < CHECK_SIDES; side++)
    check_party_init(&world->parties[side], model, (enum check_side)side, world, on_event, 0);
  watch_of(world)->begins(&world->monitor);
  begin(world, CHECK_FIRST);
}

void check_world_deinit(struct check_world *world) {
  for (int side = 0; side < CHECK_SIDES; side++)
    check_party_deinit(&world->parties[side]);
}

/* Choices */

static bool is_head(const struct check_world *world, const struct check_datagram *datagram) {
  for (const struct check_datagram *before = world->flight; before < datagram; before++)
    if (!before->held && before->sender == datagram->sender)
      return false;
  return !datagram->held;
}

/* Whether the clock may move to `to_ns` with what is under way. */
static bool may_wait(const struct check_world *world, uint64_t to_ns) {
  for (size_t i = 0; i < world->flight_count; i++)
    if (!world->flight[i].held ||
        to_ns > world->flight[i].departed_ns + world->model->latency_s * NODE_SECOND)
      return false;
  return true;
}

/* What is due in decades is what has no end. */
static uint64_t expiry_of(const struct check_world *world, unsigned side) {
  const uint64_t expiry_ns = node_expiry(world->parties[side].node);
  return expiry_ns > UINT64_C(1) << 61 ? NODE_NEVER : expiry_ns;
}

static uint64_t next_expiry(const struct check_world *world) {
  const uint64_t a = expiry_of(world, 0), b = expiry_of(world, 1);
  return a < b ? a : b;
}

struct choices {
  struct choice *items;
  size_t count;
};

static void add(struct choices *choices, enum choice_verb verb, unsigned object) {
  assert(choices->count < CHECK_CHOICES_MAX);
  choices->items[choices->count++] = (struct choice){.verb = verb, .object = object};
}

static bool is_due_again(const struct check_world *world) {
  return world->begun < world->model->authentications &&
         watch_of(world)->is_over(&world->monitor, CHECK_AUTHENTICATOR) &&
         watch_of(world)->is_over(&world->monitor, CHECK_PEER);
}

static void add_course(const struct check_world *world, struct choices *choices) {
  for (size_t i = 0; i < world->flight_count; i++)
    if (is_head(world, &world->flight[i]))
      add(choices, CHOICE_DELIVER, world->flight[i].number);
  const uint64_t expiry_ns = next_expiry(world);
  if (expiry_ns != NODE_NEVER && may_wait(world, expiry_ns))
    for (unsigned side = 0; side < CHECK_SIDES; side++)
      if (expiry_of(world, side) == expiry_ns)
        add(choices, CHOICE_TIMER, side);
  const uint64_t again_ns = world->now_ns + world->model->pause_s * NODE_SECOND;
  if (is_due_again(world) && expiry_ns > again_ns && may_wait(world, again_ns))
    add(choices, CHOICE_AGAIN, 0);
  for (size_t i = 0; i < world->flight_count; i++)
    if (world->flight[i].held)
      add(choices, CHOICE_DELIVER, world->flight[i].number);
}

static bool is_under_way_from(const struct check_world *world, enum check_side side) {
  for (size_t i = 0; i < world->flight_count; i++)
    if (world->flight[i].sender == side)
      return true;
  return false;
}

static void add_acts(const struct check_world *world, struct choices *choices) {
  static const struct {
    enum model_act act;
    enum choice_verb verb;
  } acts[] = {
      {MODEL_LOSE, CHOICE_LOSE}, {MODEL_DOUBLE, CHOICE_DOUBLE}, {MODEL_DELAY, CHOICE_DELAY}};
  const struct model *model = world->model;
  for (size_t i = 0; i < world->flight_count; i++) {
    const struct check_datagram *datagram = &world->flight[i];
    if (!is_head(world, datagram))
      continue;
    for (size_t j = 0; j < sizeof acts / sizeof acts[0]; j++)
      if (model->acts[acts[j].act])
        add(choices, acts[j].verb, datagram->number);
    if (model->acts[MODEL_RUBBISH] && check_datagram_can_be_rubbish(datagram))
      add(choices, CHOICE_RUBBISH, datagram->number);
    if (model->acts[MODEL_ALTER] && check_datagram_can_be_altered(datagram, model))
      add(choices, CHOICE_ALTER, datagram->number);
    if (model->acts[MODEL_MOVE] && datagram->sender == CHECK_PEER)
      add(choices, CHOICE_MOVE, datagram->number);
  }
  for (size_t i = 0; i < world->record_count; i++)
    if (world->record[i].era < world->monitor.sides[CHECK_AUTHENTICATOR].run)
      add(choices, CHOICE_INJECT, world->record[i].number);
  if (model->acts[MODEL_MUTE] && !world->parties[CHECK_AUTHENTICATOR].is_mute &&
      is_under_way_from(world, CHECK_PEER))
    add(choices, CHOICE_MUTE, 0);
  if (model->acts[MODEL_JOIN])
    add(choices, CHOICE_JOIN, 0);
  if (model->acts[MODEL_RESTART_PEER] && world->parties[CHECK_PEER].incarnation == 0 &&
      world->departed > 0)
    add(choices, CHOICE_RESTART, CHECK_PEER);
  if (model->acts[MODEL_RESTART_AUTHENTICATOR] &&
      world->parties[CHECK_AUTHENTICATOR].incarnation == 0 &&
      world->monitor.sides[CHECK_AUTHENTICATOR].run > 0)
    add(choices, CHOICE_RESTART, CHECK_AUTHENTICATOR);
}

size_t check_world_choices(const struct check_world *world,
                           struct choice items[CHECK_CHOICES_MAX]) {
  struct choices choices = {.items = items};
  for (size_t i = 0; i < world->flight_count; i++)
    if (world->flight[i].held && world->flight[i].passed >= world->model->past)
      add(&choices, CHOICE_DELIVER, world->flight[i].number);
  if (choices.count > 0)
    return choices.count;
  add_course(world, &choices);
  if (world->budget_left > 0)
    add_acts(world, &choices);
  return choices.count;
}

/* Effects */

static struct check_datagram *check_world_find(struct check_datagram *datagrams, size_t count,
                                               unsigned number) {
  for (size_t i = 0; i < count; i++)
    if (datagrams[i].number == number)
      return &datagrams[i];
  assert(false && "a datagram of this number");
  return NULL;
}

static void take_out(struct check_world *world, const struct check_datagram *datagram) {
  const size_t index = (size_t)(datagram - world->flight);
  memmove(&world->flight[index], &world->flight[index + 1],
          (--world->flight_count - index) * sizeof world->flight[0]);
}

static void overtake(struct check_world *world, const struct check_datagram *datagram) {
  for (size_t i = 0; i < world->flight_count; i++) {
    struct check_datagram *flying = &world->flight[i];
    if (flying->held && flying->sender == datagram->sender && flying->number < datagram->number)
      flying->passed++;
  }
}

/* Hands a datagram to its destination. It is no more in `flight`, or never was. */
static void arrive(struct check_world *world, const struct check_datagram *datagram,
                   const struct choice *choice) {
  if (world->observer != NULL && world->observer->arrives != NULL)
    world->observer->arrives(world->observer->context, world, datagram, choice);
  const enum check_side side = check_world_other(datagram->sender);
  uint8_t data[CHECK_DATAGRAM_MAX];
  memcpy(data, datagram->data, datagram->length);
  const struct node_datagram read = check_datagram_again(datagram, data);
  struct monitor_message message;
  monitor_parse(&message, data, datagram->length, datagram->is_coap, datagram->is_protected);
  message.packet = datagram->packet;
  message.source = datagram->source;
  message.sealed = check_datagram_sealed(datagram, world->model, data);
  monitor_sealed_reads(&world->monitor);
  watch_of(world)->reads(&world->monitor, side, &message);
  const int result = node_read(world->parties[side].node, &read, world->now_ns);
  if (result == 0)
    drain(world, side);
  monitor_sealed_has_read(&world->monitor, side, &message.sealed);
  watch_of(world)->has_read(&world->monitor, side, result);
}

static void arrive_from_flight(struct check_world *world, const struct choice *choice) {
  struct check_datagram *found =
      check_world_find(world->flight, world->flight_count, choice->object);
  const struct check_datagram datagram = *found;
  if (choice->verb == CHOICE_DOUBLE)
    found->held = found->arrived = true;
  else
    take_out(world, found);
  overtake(world, &datagram);
  arrive(world, &datagram, choice);
}

/* EAP must not take the copy: it has no valid code, or does not verify. */
static void arrive_rubbish(struct check_world *world, const struct choice *choice) {
  struct check_datagram copy =
      *check_world_find(world->flight, world->flight_count, choice->object);
  if (copy.is_protected)
    copy.data[copy.length - 1] ^= 0x01;
  else
    copy.data[copy.eap_at] ^= 0x80;
  copy.packet.rubbish = true;
  world->monitor.excused |= copy.is_protected; /* RFC 8613 section 8.2: an answer in clear */
  arrive(world, &copy, choice);
}

static void arrive_altered(struct check_world *world, const struct choice *choice) {
  struct check_datagram copy =
      *check_world_find(world->flight, world->flight_count, choice->object);
  copy.data[copy.length - 1] ^= 0x01;
  world->monitor.excused = true;
  arrive(world, &copy, choice);
}

/* From a stranger; or from another client, whose own run may suffer. */
static void arrive_moved(struct check_world *world, const struct choice *choice) {
  struct check_datagram copy =
      *check_world_find(world->flight, world->flight_count, choice->object);
  const struct node_address from = hosts_inside(world->model, &copy.source);
  const bool has_other = world->model->clients > 1;
  const struct node_address other =
      hosts_address(CHECK_PEER, has_other ? 1 - hosts_number(&from) : HOSTS_STRANGER, from.port);
  copy.source = hosts_outside(world->model, &other);
  world->monitor.excused |= has_other;
  arrive(world, &copy, choice);
}

static void lose(struct check_world *world, const struct choice *choice) {
  const struct check_datagram *datagram =
      check_world_find(world->flight, world->flight_count, choice->object);
  if (world->observer != NULL && world->observer->arrives != NULL)
    world->observer->arrives(world->observer->context, world, datagram, choice);
  take_out(world, datagram);
}

static void inject(struct check_world *world, const struct choice *choice) {
  const struct check_datagram copy =
      *check_world_find(world->record, world->record_count, choice->object);
  world->monitor.excused = true;
  arrive(world, &copy, choice);
}

/* A token that is none any more costs another, once in a request. */
static void join(struct check_world *world) {
  world->monitor.excused |= ++world->monitor.tokens.joins > 1;
  begin(world, CHECK_JOINING);
}

static void restart(struct check_world *world, enum check_side side) {
  world->monitor.excused = true;
  check_party_restart(&world->parties[side], world->now_ns);
  watch_of(world)->restarted(&world->monitor, side);
  begin(world, side == CHECK_PEER ? CHECK_RESTARTED_PEER : CHECK_RESTARTED_AUTHENTICATOR);
}

static void expire(struct check_world *world, enum check_side side) {
  struct node *node = world->parties[side].node;
  if (node_expiry(node) > world->now_ns)
    world->monitor.now_ns = world->now_ns = node_expiry(node);
  settle(world, side, node_handle_expiry(node, world->now_ns));
}

static void begin_again(struct check_world *world) {
  watch_of(world)->ends(&world->monitor);
  world->monitor.now_ns = world->now_ns += world->model->pause_s * NODE_SECOND;
  world->begun++;
  if (world->model->renew) {
    check_party_restart(&world->parties[CHECK_AUTHENTICATOR], world->now_ns);
    watch_of(world)->restarted(&world->monitor, CHECK_AUTHENTICATOR);
  }
  watch_of(world)->begins(&world->monitor);
  begin(world, CHECK_AGAIN);
}

static void make(struct check_world *world, const struct choice *choice) {
  switch (choice->verb) {
  case CHOICE_DELIVER:
  case CHOICE_DOUBLE:
    arrive_from_flight(world, choice);
    break;
  case CHOICE_LOSE:
    lose(world, choice);
    break;
  case CHOICE_DELAY:
    check_world_find(world->flight, world->flight_count, choice->object)->held = true;
    break;
  case CHOICE_RUBBISH:
    arrive_rubbish(world, choice);
    break;
  case CHOICE_ALTER:
    arrive_altered(world, choice);
    break;
  case CHOICE_MOVE:
    arrive_moved(world, choice);
    break;
  case CHOICE_JOIN:
    join(world);
    break;
  case CHOICE_INJECT:
    inject(world, choice);
    break;
  case CHOICE_RESTART:
    restart(world, (enum check_side)choice->object);
    break;
  case CHOICE_TIMER:
    expire(world, (enum check_side)choice->object);
    break;
  case CHOICE_AGAIN:
    begin_again(world);
    break;
  case CHOICE_MUTE:
    world->parties[CHECK_AUTHENTICATOR].is_mute = true;
    break;
  }
}

/* After each choice: if nothing is left but acts, this is an end. */
static void look_for_end(struct check_world *world) {
  struct choice items[CHECK_CHOICES_MAX];
  struct choices course = {.items = items};
  add_course(world, &course);
  if (course.count == 0)
    watch_of(world)->ends(&world->monitor);
}

bool check_world_choose(struct check_world *world, const struct choice *choice) {
  struct choice choices[CHECK_CHOICES_MAX];
  const size_t count = check_world_choices(world, choices);
  bool found = false;
  for (size_t i = 0; i < count; i++)
    found = found || choice_equal(&choices[i], choice);
  if (!found)
    return false;
  if (world->observer != NULL && world->observer->chooses != NULL)
    world->observer->chooses(world->observer->context, world, choice);
  if (choice_is_act(choice))
    world->budget_left--;
  make(world, choice);
  look_for_end(world);
  return true;
}

bool check_world_is_full(const struct check_world *world) {
  return world->full || world->monitor.full;
}

void check_world_digest(const struct check_world *world, struct digest *digest) {
  for (int side = 0; side < CHECK_SIDES; side++)
    check_party_digest(&world->parties[side], digest, world->now_ns);
  for (size_t i = 0; i < world->flight_count; i++)
    check_datagram_digest(&world->flight[i], world->model, world->now_ns, digest);
  digest_u64(digest, world->begun);
  digest_u64(digest, world->recorded.low);
  watch_of(world)->digest(&world->monitor, digest);
  monitor_sealed_digest(&world->monitor, digest);
}
