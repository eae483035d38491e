// What the benchmarks measure with: small and in C, so that in an emulated lab the measured thing is what costs.
#include "LabMeter.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static const char usage[] =
    "usage: LabMeter bare fill SERVICES SERVERS   the IPVS table filled by a bare loop; prints seconds\n"
    "       LabMeter bare dump                    all of the table read by a bare loop; prints seconds\n"
    "       LabMeter tap INTERFACE                what passes a netlink monitor, a line for each datagram\n"
    "       LabMeter request SOCKET METHOD PATH BODY   one HTTP request; prints when it was sent and the answer\n"
    "       LabMeter serve PORT                   accepts and closes connections\n"
    "       LabMeter rate ADDRESS PORT SECONDS    64 connections, each made again when closed; prints connections a second\n"
    "       LabMeter arrivals PORT INTERVAL       a server for each local address; SIGUSR1 forgets the checks so far,\n"
    "                                             SIGTERM prints how many came and how late, in milliseconds\n"
    "       LabMeter hang PORT                    a server that answers nobody\n"
    "       LabMeter syns INTERFACE MAC ADDRESS COUNT RATE   SYNs that leave as IPVS sends them; prints seconds and\n"
    "                                             processor time\n"
    "       LabMeter acks INTERFACE MAC ADDRESS COUNT RATE   the same with acknowledgements, as of downloads\n"
    "       LabMeter handshakes INTERFACE         SYNs and SYN-ACKs of IPv4 that pass, a line for each\n";

double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

int failed(const char *what) {
  fprintf(stderr, "LabMeter: %s: %s\n", what, strerror(errno));
  return 1;
}

int main(int count, char **words) {
  const struct {
    const char *name;
    int (*run)(int, char **);
  } commands[] = {{"bare", bare}, {"tap", tap}, {"request", request}, {"serve", serve}, {"rate", rate},
                  {"arrivals", arrivals_of_checks}, {"hang", hang}, {"syns", syns},
                  {"acks", acknowledgements}, {"handshakes", handshakes}};
  int result = 64;
  for (size_t index = 0; count > 1 && index < sizeof commands / sizeof *commands; index++)
    if (!strcmp(words[1], commands[index].name)) result = commands[index].run(count - 2, words + 2);
  if (result == 64) fputs(usage, stderr);
  return result;
}
