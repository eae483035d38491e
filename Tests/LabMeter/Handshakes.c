// Listens on an interface: every SYN, and every SYN-ACK that answers one, of TCP over IPv4.
#include "LabMeter.h"
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>

int handshakes(int count, char **words) {
  uint8_t packet[64];
  char control[256];
  if (count != 1) return 64;
  int descriptor = socket(AF_PACKET, SOCK_DGRAM, 0);
  struct sockaddr_ll place = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = if_nametoindex(words[0])};
  if (descriptor < 0) return failed("open a packet socket");
  setsockopt(descriptor, SOL_SOCKET, SO_TIMESTAMPNS, &(int){1}, sizeof(int));
  if (bind(descriptor, (void *)&place, sizeof place)) return failed("listen on the interface");
  puts("# seconds, > a SYN or < its SYN-ACK, the client");
  fflush(stdout);
  for (;;) {
    struct sockaddr_ll from;
    struct iovec bytes = {packet, sizeof packet};
    struct msghdr message = {&from, sizeof from, &bytes, 1, control, sizeof control, 0};
    ssize_t length = recvmsg(descriptor, &message, 0);
    if (length < 40 || from.sll_protocol != htons(ETH_P_IP) || packet[9] != 6) continue;
    const uint8_t *segment = packet + (packet[0] & 0xf) * 4;
    if (segment + 14 > packet + length || !(segment[13] & 0x02)) continue;
    struct timespec at = {0};
    for (struct cmsghdr *item = CMSG_FIRSTHDR(&message); item; item = CMSG_NXTHDR(&message, item))
      if (item->cmsg_level == SOL_SOCKET && item->cmsg_type == SCM_TIMESTAMPNS) at = *(struct timespec *)CMSG_DATA(item);
    int answers = segment[13] & 0x10;
    const uint8_t *client = packet + (answers ? 16 : 12), *port = segment + (answers ? 2 : 0);
    printf("%ld.%06ld %c %d.%d.%d.%d:%d\n", at.tv_sec, at.tv_nsec / 1000, answers ? '<' : '>', client[0], client[1],
           client[2], client[3], port[0] << 8 | port[1]);
    fflush(stdout);
  }
}
