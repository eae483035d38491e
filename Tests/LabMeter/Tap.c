// Listens at a netlink monitor (nlmon): every message between programs and the kernel, counted by what it is.
#include "LabMeter.h"
#include <arpa/inet.h>
#include <linux/genetlink.h>
#include <linux/if_packet.h>
#include <linux/ip_vs.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t ended;
static void end(int signal) { (void)signal, ended = 1; }

// Whether a request changes something: IPVS commands but the GETs, NFT_MSG_NEW… and DEL…, RTM_NEW…, DEL… and SET….
static int is_change(int protocol, const struct nlmsghdr *header) {
  const struct genlmsghdr *generic = NLMSG_DATA(header);
  int message = header->nlmsg_type & 0xff;
  switch (protocol) {
  case NETLINK_GENERIC:
    return header->nlmsg_type > GENL_ID_CTRL && generic->cmd != IPVS_CMD_GET_SERVICE && generic->cmd != IPVS_CMD_GET_DEST &&
           generic->cmd != IPVS_CMD_GET_DAEMON && generic->cmd != IPVS_CMD_GET_CONFIG && generic->cmd != IPVS_CMD_GET_INFO;
  case NETLINK_NETFILTER: return header->nlmsg_type >> 8 == NFNL_SUBSYS_NFTABLES && (message % 3 != 1 || message >= 15) && message < 15;
  case NETLINK_ROUTE: return (header->nlmsg_type & 3) != 2;
  default: return 0;
  }
}

int tap(int count, char **words) {
  static char buffer[1 << 20] __attribute__((aligned(4)));
  int size = 256 << 20;
  if (count != 1) return 64;
  int descriptor = socket(AF_PACKET, SOCK_DGRAM, 0);
  struct sockaddr_ll place = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = if_nametoindex(words[0])};
  if (descriptor < 0) return failed("open a packet socket");
  setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
  setsockopt(descriptor, SOL_SOCKET, SO_TIMESTAMPNS, &(int){1}, sizeof(int));
  if (bind(descriptor, (void *)&place, sizeof place)) return failed("listen at the netlink monitor");
  sigaction(SIGTERM, &(struct sigaction){.sa_handler = end}, NULL);
  puts("# seconds, > to the kernel or < from it, protocol, messages, changes among them");
  fflush(stdout);
  while (!ended) {
    char control[256];
    struct sockaddr_ll from;
    struct iovec bytes = {buffer, sizeof buffer};
    struct msghdr message = {&from, sizeof from, &bytes, 1, control, sizeof control, 0};
    ssize_t length = recvmsg(descriptor, &message, MSG_TRUNC | MSG_DONTWAIT);
    if (length < 0) {
      // Nobody who waits has to be woken for each datagram: that would cost those who are measured.
      fflush(stdout);
      usleep(50000);
      continue;
    }
    if (length > (ssize_t)sizeof buffer) continue;
    struct timespec at = {0};
    for (struct cmsghdr *item = CMSG_FIRSTHDR(&message); item; item = CMSG_NXTHDR(&message, item))
      if (item->cmsg_level == SOL_SOCKET && item->cmsg_type == SCM_TIMESTAMPNS) at = *(struct timespec *)CMSG_DATA(item);
    int protocol = ntohs(from.sll_protocol), messages = 0, changes = 0, requests = 0;
    for (struct nlmsghdr *header = (void *)buffer; NLMSG_OK(header, length); header = NLMSG_NEXT(header, length)) {
      messages++;
      if (!(header->nlmsg_flags & NLM_F_REQUEST)) continue;
      requests++;
      changes += is_change(protocol, header);
    }
    const char *name = protocol == NETLINK_GENERIC ? "ipvs" : protocol == NETLINK_NETFILTER ? "nftables" : "route";
    printf("%ld.%06ld %c %s %d %d\n", at.tv_sec, at.tv_nsec / 1000, requests ? '>' : '<', name, messages, changes);
  }
  return 0;
}
