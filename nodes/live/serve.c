/* A server's life. */
#include "serve.h"
#include "hints.h"

#include <malloc.h>
#include <stdlib.h>

static void serve_hook_event(void *context, const struct node_event *event) {
  struct serve *serve = context;
  serve->confirmed += event->type == NODE_EVENT_CONFIRMED;
  serve->failed += event->type == NODE_EVENT_FAILED;
  serve->discarded += event->type == NODE_EVENT_DISCARDED;
  if (event->type == NODE_EVENT_FAILED || event->type == NODE_EVENT_CLOSED)
    serve->freed = true;
  report_event(serve->report, event);
  hints_event(event);
}

struct node_hooks serve_hooks(struct serve *serve) {
  return (struct node_hooks){.context = serve, .random = loop_random, .event = serve_hook_event};
}

/* What ended peers held lies between what is still in use: the allocator gives it back to the
 * system when it is told to, which is at most once in this time. Returns when to come again. */
static uint64_t give_memory_back(struct serve *serve) {
  const uint64_t now_ns = loop_now_ns();
  if (!serve->freed)
    return NODE_NEVER;
  if (serve->give_back_ns == 0)
    serve->give_back_ns = now_ns + NODE_SECOND;
  if (now_ns < serve->give_back_ns)
    return serve->give_back_ns;
  (void)malloc_trim(0);
  serve->freed = false;
  serve->give_back_ns = 0;
  return NODE_NEVER;
}

int serve_run(struct serve *serve, struct node *node, const struct udp_socket *sockets,
              size_t socket_count) {
  struct loop_node live = {.node = node, .sockets = sockets, .socket_count = socket_count};
  struct loop loop;
  if (loop_init(&loop, 1, socket_count, serve->report) < 0) {
    report_error(serve->report, "no memory or files left");
    loop_deinit(&loop);
    return EXIT_FAILURE;
  }
  report_note(serve->report, &sockets[0].local, "listening", "until SIGINT or SIGTERM");
  loop_add(&loop, &live);
  while (live.error == 0 && loop_step(&loop, give_memory_back(serve)))
    continue;
  loop_deinit(&loop);
  report_note(serve->report, NULL, "ended",
              serve->discarded == 0 ? "confirmed %llu, failed %llu"
                                    : "confirmed %llu, failed %llu, discarded %llu",
              (unsigned long long)serve->confirmed, (unsigned long long)serve->failed,
              (unsigned long long)serve->discarded);
  if (live.error == 0)
    return EXIT_SUCCESS;
  report_error(serve->report, "cannot go on: %s", node_error_name(live.error));
  return EXIT_FAILURE;
}
