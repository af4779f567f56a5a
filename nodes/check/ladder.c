/* Message ladders. */
#include "ladder.h"

#include "association/association.h"
#include "cast.h"
#include "ladder_payload.h"

#include <stdlib.h>
#include <string.h>

#define COLUMN "            |                       |  "

struct check_ladder {
  FILE *out;
};

static void write_time(FILE *out, const struct check_world *world) {
  fprintf(out, "%8.3f s  ", (double)world->now_ns / 1e9);
}

static unsigned content_format(const struct coap_option *option) {
  unsigned format = 0;
  for (size_t i = 0; i < option->length; i++)
    format = format << 8 | option->value[i];
  return format;
}

void ladder_write_message(FILE *out, const struct model *model,
                          const struct check_datagram *datagram) {
  static const char *const types[] = {"CON", "NON", "ACK", "RST"};
  struct coap_message message;
  const uint16_t seqnum = (uint16_t)option_get(&model->options, lower_option("seqnum_number"));
  if (datagram->protocol != NODE_UDP)
    fprintf(out, "%s: ", node_protocol_name(datagram->protocol));
  if (!datagram->is_coap || coap_message_parse(datagram->data, datagram->length, &message) < 0) {
    fprintf(out, "%zu octets", datagram->length);
    if (datagram->is_protected && datagram->is_readable)
      fprintf(out, " with AUTH");
    else if (datagram->is_protected)
      fprintf(out, " of %s", association_kind_label(association_kind_of(&model->options)));
    return;
  }
  fprintf(out, "%s 0x%04x", types[message.type], message.message_id);
  if (message.code == COAP_CODE_POST)
    fputs(" POST ", out);
  else if (message.code != COAP_CODE_EMPTY)
    fprintf(out, " %u.%02u ", message.code >> 5, message.code & 31u);
  for (size_t i = 0; i < message.option_count; i++) {
    const struct coap_option *option = &message.options[i];
    if (option->number == COAP_NUMBER_URI_PATH || option->number == COAP_NUMBER_LOCATION_PATH)
      fprintf(out, "/%.*s", (int)option->length, (const char *)option->value);
    else if (option->number == COAP_NUMBER_CONTENT_FORMAT)
      fprintf(out, " Content-Format %u", content_format(option));
    else if (option->number == COAP_NUMBER_OSCORE)
      fputs("OSCORE", out);
    else if (option->number == seqnum)
      fputs(" SeqNum 0x", out);
    for (size_t j = 0; option->number == seqnum && j < option->length; j++)
      fprintf(out, "%02x", option->value[j]);
  }
  if (message.token_length > 0)
    fputs(" token ", out);
  for (size_t i = 0; i < message.token_length; i++)
    fprintf(out, "%02x", message.token[i]);
  ladder_write_payload(out, datagram, &message);
}

/* The arrow between the peer (left) and the authenticator (right). */
static void write_arrow(FILE *out, const struct check_datagram *datagram, bool lost) {
  char shaft[24];
  const char *end = lost ? "X" : datagram->sender == CHECK_PEER ? ">" : "<";
  memset(shaft, '-', sizeof shaft - 1);
  shaft[sizeof shaft - 1] = '\0';
  char number[16];
  const int length = snprintf(number, sizeof number, " %u ", datagram->number);
  memcpy(shaft + 9, number, (size_t)length);
  if (datagram->sender == CHECK_PEER && lost)
    memcpy(shaft + 16, "X      ", 7);
  else if (lost)
    memcpy(shaft, "      X", 7);
  else
    shaft[datagram->sender == CHECK_PEER ? sizeof shaft - 2 : 0] = *end;
  fprintf(out, "|%s|  ", shaft);
}

static const char *act_of(const struct choice *choice) {
  switch (choice->verb) {
  case CHOICE_LOSE:
    return "LOST: ";
  case CHOICE_DOUBLE:
    return "DOUBLED: ";
  case CHOICE_RUBBISH:
    return "DAMAGED COPY: ";
  case CHOICE_ALTER:
    return "ALTERED COPY: ";
  case CHOICE_INJECT:
    return "INJECTED: ";
  case CHOICE_MOVE:
    return "COPY FROM ANOTHER ENDPOINT: ";
  default:
    return "";
  }
}

static void on_arrives(void *context, const struct check_world *world,
                       const struct check_datagram *datagram, const struct choice *choice) {
  FILE *out = ((struct check_ladder *)context)->out;
  write_time(out, world);
  write_arrow(out, datagram, choice->verb == CHOICE_LOSE);
  fputs(act_of(choice), out);
  if (choice->verb == CHOICE_DELIVER && datagram->held)
    fputs("LATE: ", out);
  ladder_write_message(out, world->model, datagram);
  fprintf(out, "  (%s)\n", datagram->label);
}

static void on_chooses(void *context, const struct check_world *world,
                       const struct choice *choice) {
  FILE *out = ((struct check_ladder *)context)->out;
  const char *const *names = check_cast_of(world->model)->names;
  if (choice->verb == CHOICE_DELAY)
    fprintf(out, COLUMN "%u is DELAYED\n", choice->object);
  else if (choice->verb == CHOICE_RESTART)
    fprintf(out, COLUMN "%s RESTARTS\n", names[choice->object]);
  else if (choice->verb == CHOICE_TIMER && world->now_ns > 0)
    fprintf(out, COLUMN "timer of the %s\n", names[choice->object]);
  else if (choice->verb == CHOICE_MUTE)
    fprintf(out, COLUMN "the next answer of the AS is LOST\n");
  else if (choice->verb == CHOICE_JOIN)
    fprintf(out, COLUMN "the resource server JOINS\n");
  else if (choice->verb == CHOICE_AGAIN)
    fprintf(out, COLUMN "after %u s: %s %u\n", world->model->pause_s,
            check_cast_of(world->model)->begun, world->begun + 1);
}

static void on_tells(void *context, const struct check_world *world, enum check_side side,
                     const struct node_event *event) {
  FILE *out = ((struct check_ladder *)context)->out;
  fprintf(out, COLUMN "  %s: %s%s%s\n", check_cast_of(world->model)->names[side],
          event->type == NODE_EVENT_DELIVERED ? "EAP takes" : node_event_name(event->type),
          event->label[0] == '\0' ? "" : " ", event->label);
}

/* The first choice that is no act. False: there is none. */
static bool go_on(struct check_world *world) {
  struct choice choices[CHECK_CHOICES_MAX];
  const size_t count = check_world_choices(world, choices);
  return count > 0 && !choice_is_act(&choices[0]) && check_world_choose(world, &choices[0]);
}

/* Of a run that was completed, what ended it; else also what did not, with the last choice. */
static enum monitor_violation violation_of(const struct monitor *monitor, bool complete) {
  return monitor->violation != MONITOR_NONE || complete ? monitor->violation : monitor->mild;
}

enum monitor_violation ladder_write(FILE *out, const struct model *model,
                                    const struct choice *choices, size_t count, bool complete,
                                    bool *possible, char *outcome, size_t capacity) {
  struct check_ladder ladder = {.out = out};
  const struct check_observer observer = {
      .context = &ladder, .arrives = on_arrives, .chooses = on_chooses, .tells = on_tells};
  struct check_world *world = calloc(1, sizeof *world);
  if (world == NULL)
    abort();
  if (out != NULL)
    fprintf(out, "     time   %-12s%s\n", check_cast_of(model)->names[CHECK_PEER],
            check_cast_of(model)->names[CHECK_AUTHENTICATOR]);
  check_world_init(world, model, out == NULL ? NULL : &observer);
  *possible = true;
  for (size_t i = 0; i < count && *possible && world->monitor.violation == MONITOR_NONE; i++) {
    world->monitor.mild = MONITOR_NONE;
    *possible = check_world_choose(world, &choices[i]) && !check_world_is_full(world);
  }
  while (complete && *possible && world->monitor.violation == MONITOR_NONE && go_on(world))
    *possible = !check_world_is_full(world);
  const enum monitor_violation violation = violation_of(&world->monitor, complete);
  explore_outcome(world, outcome, capacity);
  if (out != NULL && !*possible)
    fputs(check_world_is_full(world) ? COLUMN "the run is longer than can be held\n"
                                     : COLUMN "the next choice is not possible here\n",
          out);
  if (out != NULL && violation != MONITOR_NONE)
    fprintf(out, COLUMN "VIOLATED: %s (%s)\n", monitor_violation_text(violation),
            world->monitor.detail);
  if (out != NULL)
    fprintf(out, COLUMN "%s\n", outcome);
  check_world_deinit(world);
  free(world);
  return violation;
}
