/* Runs on request. */
#define _GNU_SOURCE
#include "service.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

bool service_send(int socket, const void *data, size_t length) {
  const char *at = data;
  while (length > 0) {
    const ssize_t count = send(socket, at, length, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR)
      continue;
    if (count <= 0)
      return false;
    at += count;
    length -= (size_t)count;
  }
  return true;
}

static bool service_receive(int socket, struct service_request *request) {
  for (;;) {
    const ssize_t count = recv(socket, request, sizeof *request, MSG_WAITALL);
    if (count == (ssize_t)sizeof *request)
      return true;
    if (count >= 0 || errno != EINTR)
      return false;
  }
}

static bool service_answer(int socket, char *line, const char *log, size_t log_length,
                           const struct run_end *end) {
  const size_t line_length = strlen(line);
  const struct service_answer answer = {
      .line_length = line_length + 1,
      .log_length = log_length,
      .status = end->captures_lost                         ? POOL_SOME_INVALID
                : strcmp(end->outcome, "established") == 0 ? POOL_ALL_ESTABLISHED
                                                           : POOL_SOME_FAILED,
  };
  line[line_length] = '\n'; /* in place of its end */
  return service_send(socket, &answer, sizeof answer) &&
         service_send(socket, line, line_length + 1) && service_send(socket, log, log_length);
}

/* Where the captures of a run go. */
static const char *service_pcap_directory(const struct pool_options *options, uint64_t number,
                                          char *path, size_t capacity) {
  if (options->pcap_directory == NULL || number == 1)
    return options->pcap_directory;
  snprintf(path, capacity, "%s/%llu", options->pcap_directory, (unsigned long long)number);
  return path;
}

static bool service_run(int socket, const struct pool_options *options, struct run_home *home,
                        const struct service_request *request) {
  char *log = NULL, path[4096];
  size_t log_length = 0;
  struct run_options run = {
      .pcap_directory = service_pcap_directory(options, request->number, path, sizeof path),
      .air_only = options->air_only,
      .home = home,
  };
  if (options->log != NULL && (run.log = open_memstream(&log, &log_length)) == NULL)
    return false;
  struct run_end end = {.outcome = ""};
  char *line = options->run(&request->spec, &run, &end);
  const bool logged = run.log == NULL || !(ferror(run.log) | fclose(run.log));
  const bool good = logged && service_answer(socket, line, log, log_length, &end);
  free(line);
  free(log);
  return good;
}

int service_provide(int socket, const struct pool_options *options) {
  struct run_home *home = options->make_home == NULL ? NULL : options->make_home();
  struct service_request request;
  while (service_receive(socket, &request))
    if (!service_run(socket, options, home, &request))
      return SERVICE_BROKEN;
  return SERVICE_GOOD;
}
