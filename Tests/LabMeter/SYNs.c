// SYNs, or acknowledgements, as IPVS hands them on: whole frames that leave by an interface, each of another client.
#include "LabMeter.h"
#include <arpa/inet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

static int segments(int count, char **words, uint8_t flags) {
  if (count != 5) return 64;
  long wanted = atol(words[3]), rate = atol(words[4]);
  uint8_t frame[54] = {[12] = 8, [14] = 0x45, [17] = 40, [22] = 63, [23] = 6, [26] = 10, [37] = 80, [46] = 0x50, [47] = flags};
  struct sockaddr_ll place = {.sll_family = AF_PACKET, .sll_ifindex = if_nametoindex(words[0])};
  if (sscanf(words[1], "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &frame[0], &frame[1], &frame[2], &frame[3], &frame[4], &frame[5]) != 6 ||
      inet_pton(AF_INET, words[2], &frame[30]) != 1)
    return 64;
  int descriptor = socket(AF_PACKET, SOCK_RAW, 0);
  if (descriptor < 0 || bind(descriptor, (void *)&place, sizeof place)) return failed("open a packet socket");
  double start = now();
  for (long sent = 0; sent < wanted; sent++) {
    uint32_t client = htonl(sent), sequence = htonl(sent * 2654435761u);
    memcpy(&frame[27], (uint8_t *)&client + 1, 3);
    memcpy(&frame[38], &sequence, 4);
    frame[34] = 0x80 | (uint8_t)(sent >> 24);
    frame[35] = (uint8_t)sent;
    send(descriptor, frame, sizeof frame, 0);
    double ahead = sent / (double)rate - (now() - start);
    if (sent % 100 == 0 && ahead > 0.001) nanosleep(&(struct timespec){(time_t)ahead, (long)((ahead - (time_t)ahead) * 1e9)}, NULL);
  }
  double took = now() - start;
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  printf("%.3f %.3f\n", took,
         used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6);
  return 0;
}

int syns(int count, char **words) { return segments(count, words, 0x02); }

int acknowledgements(int count, char **words) { return segments(count, words, 0x10); }
