// The limit: the messages that lbd sends, batched as lbd batches them, from a loop that does nothing else.
#include "LabMeter.h"
#include <arpa/inet.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/ip_vs.h>
#include <linux/netlink.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { messagesMax = 256, bytesMax = 32 << 10 };

struct batch {
  int socket;
  uint16_t family;
  int messages;
  size_t length;
  struct nlmsghdr *last;
  char bytes[bytesMax + 1024] __attribute__((aligned(4)));
};

static void attribute(struct batch *batch, uint16_t type, const void *value, uint16_t length) {
  struct nlattr *header = (void *)(batch->bytes + batch->length);
  *header = (struct nlattr){.nla_len = NLA_HDRLEN + length, .nla_type = type};
  memset((char *)header + NLA_HDRLEN, 0, NLA_ALIGN(length));
  memcpy((char *)header + NLA_HDRLEN, value, length);
  batch->length += NLA_HDRLEN + NLA_ALIGN(length);
}

static void number16(struct batch *batch, uint16_t type, uint16_t value) { attribute(batch, type, &value, 2); }
static void number32(struct batch *batch, uint16_t type, uint32_t value) { attribute(batch, type, &value, 4); }

static struct nlattr *nest(struct batch *batch, uint16_t type) {
  struct nlattr *header = (void *)(batch->bytes + batch->length);
  header->nla_type = type | NLA_F_NESTED;
  batch->length += NLA_HDRLEN;
  return header;
}

static void end(struct batch *batch, struct nlattr *nested) {
  nested->nla_len = batch->bytes + batch->length - (char *)nested;
}

static void begin(struct batch *batch, uint16_t type, uint8_t command, uint16_t flags) {
  batch->last = (void *)(batch->bytes + batch->length);
  *batch->last = (struct nlmsghdr){.nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST | flags};
  struct genlmsghdr *generic = NLMSG_DATA(batch->last);
  *generic = (struct genlmsghdr){.cmd = command, .version = 1};
  batch->length += NLMSG_LENGTH(GENL_HDRLEN);
}

static void finish(struct batch *batch) {
  batch->last->nlmsg_len = batch->bytes + batch->length - (char *)batch->last;
  batch->messages++;
}

// Reads until the answer to the last message is there; `each`, when given, sees every message.
static int answers(struct batch *batch, void (*each)(const struct nlmsghdr *, void *), void *context) {
  static char buffer[8 << 10] __attribute__((aligned(4)));
  for (;;) {
    ssize_t length = recv(batch->socket, buffer, sizeof buffer, 0);
    if (length < 0) return -errno;
    for (struct nlmsghdr *header = (void *)buffer; NLMSG_OK(header, length); header = NLMSG_NEXT(header, length)) {
      if (header->nlmsg_type == NLMSG_DONE) return 0;
      if (header->nlmsg_type == NLMSG_ERROR) return ((struct nlmsgerr *)NLMSG_DATA(header))->error;
      if (each) each(header, context);
    }
  }
}

static int flush(struct batch *batch) {
  if (batch->messages == 0) return 0;
  if (!(batch->last->nlmsg_flags & NLM_F_DUMP)) batch->last->nlmsg_flags |= NLM_F_ACK;
  if (send(batch->socket, batch->bytes, batch->length, 0) < 0) return -errno;
  batch->messages = 0;
  batch->length = 0;
  return 0;
}

static int flushed(struct batch *batch) {
  int failure = flush(batch);
  return failure ? failure : answers(batch, NULL, NULL);
}

static int full(const struct batch *batch) { return batch->messages == messagesMax || batch->length > bytesMax - 256; }

static void service(struct batch *batch, uint32_t address, int complete) {
  struct nlattr *nested = nest(batch, IPVS_CMD_ATTR_SERVICE);
  char bytes[16] = {0};
  memcpy(bytes, &address, 4);
  number16(batch, IPVS_SVC_ATTR_AF, AF_INET);
  number16(batch, IPVS_SVC_ATTR_PROTOCOL, IPPROTO_TCP);
  attribute(batch, IPVS_SVC_ATTR_ADDR, bytes, 16);
  number16(batch, IPVS_SVC_ATTR_PORT, htons(80));
  if (complete) {
    struct ip_vs_flags flags = {.mask = ~0u};
    attribute(batch, IPVS_SVC_ATTR_SCHED_NAME, "wlc", 4);
    attribute(batch, IPVS_SVC_ATTR_FLAGS, &flags, sizeof flags);
    number32(batch, IPVS_SVC_ATTR_TIMEOUT, 0);
    number32(batch, IPVS_SVC_ATTR_NETMASK, ~0u);
  }
  end(batch, nested);
}

static void destination(struct batch *batch, uint32_t address) {
  struct nlattr *nested = nest(batch, IPVS_CMD_ATTR_DEST);
  char bytes[16] = {0};
  memcpy(bytes, &address, 4);
  attribute(batch, IPVS_DEST_ATTR_ADDR, bytes, 16);
  number16(batch, IPVS_DEST_ATTR_PORT, htons(80));
  number32(batch, IPVS_DEST_ATTR_FWD_METHOD, IP_VS_CONN_F_DROUTE);
  number32(batch, IPVS_DEST_ATTR_WEIGHT, 100);
  number32(batch, IPVS_DEST_ATTR_U_THRESH, 0);
  number32(batch, IPVS_DEST_ATTR_L_THRESH, 0);
  number16(batch, IPVS_DEST_ATTR_ADDR_FAMILY, AF_INET);
  end(batch, nested);
}

static void find_family(const struct nlmsghdr *header, void *context) {
  struct batch *batch = context;
  int length = header->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN);
  const struct nlattr *attribute = (void *)((char *)NLMSG_DATA(header) + GENL_HDRLEN);
  while (length >= NLA_HDRLEN && attribute->nla_len >= NLA_HDRLEN) {
    if (attribute->nla_type == CTRL_ATTR_FAMILY_ID) memcpy(&batch->family, (char *)attribute + NLA_HDRLEN, 2);
    length -= NLA_ALIGN(attribute->nla_len);
    attribute = (void *)((char *)attribute + NLA_ALIGN(attribute->nla_len));
  }
}

static int report(double start, int failure) {
  if (failure) fprintf(stderr, "LabMeter: %s\n", strerror(-failure));
  else printf("%.6f\n", now() - start);
  return failure ? 1 : 0;
}

static int open_batch(struct batch *batch) {
  int size = 4 << 20;
  memset(batch, 0, sizeof *batch);
  batch->socket = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
  if (batch->socket < 0) return -errno;
  setsockopt(batch->socket, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
  begin(batch, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, NLM_F_ACK);
  attribute(batch, CTRL_ATTR_FAMILY_NAME, IPVS_GENL_NAME, sizeof IPVS_GENL_NAME);
  finish(batch);
  int failure = flush(batch);
  return failure ? failure : answers(batch, find_family, batch);
}

// Services 10.99.x.y port 80, each with servers of its own, 10.100.x.y.
static int fill(int services, int servers) {
  static struct batch batch;
  int failure = open_batch(&batch);
  double start = now();
  for (int index = 0; index < services && !failure; index++) {
    uint32_t address = htonl(10u << 24 | 99 << 16 | (index / 250) << 8 | (index % 250 + 1));
    begin(&batch, batch.family, IPVS_CMD_NEW_SERVICE, 0);
    service(&batch, address, 1);
    finish(&batch);
    if (full(&batch)) failure = flushed(&batch);
    for (int server = 0; server < servers && !failure; server++) {
      int number = index * servers + server;
      begin(&batch, batch.family, IPVS_CMD_NEW_DEST, 0);
      service(&batch, address, 0);
      destination(&batch, htonl(10u << 24 | 100 << 16 | (number / 250) << 8 | (number % 250 + 1)));
      finish(&batch);
      if (full(&batch)) failure = flushed(&batch);
    }
  }
  if (!failure && batch.messages) failure = flushed(&batch);
  return report(start, failure);
}

struct found {
  int count;
  struct nlattr *services[1 << 16];
};

static void keep(const struct nlmsghdr *header, void *context) {
  struct found *found = context;
  const struct nlattr *attribute = (void *)((char *)NLMSG_DATA(header) + GENL_HDRLEN);
  if (found->count == 1 << 16) return;
  struct nlattr *copy = malloc(attribute->nla_len);
  memcpy(copy, attribute, attribute->nla_len);
  found->services[found->count++] = copy;
}

static void touch(const struct nlmsghdr *header, void *context) { *(uint64_t *)context += header->nlmsg_len; }

static int dump(void) {
  static struct batch batch;
  static struct found found;
  uint64_t bytes = 0;
  int failure = open_batch(&batch);
  double start = now();
  begin(&batch, batch.family, IPVS_CMD_GET_SERVICE, NLM_F_DUMP);
  finish(&batch);
  if (!failure) failure = flush(&batch);
  if (!failure) failure = answers(&batch, keep, &found);
  for (int index = 0; index < found.count && !failure; index++) {
    begin(&batch, batch.family, IPVS_CMD_GET_DEST, NLM_F_DUMP);
    // Address, port and protocol come first in what the kernel told; the rest does not matter here.
    struct nlattr *service = found.services[index];
    memcpy(batch.bytes + batch.length, service, service->nla_len);
    batch.length += NLA_ALIGN(service->nla_len);
    finish(&batch);
    failure = flush(&batch);
    if (!failure) failure = answers(&batch, touch, &bytes);
    free(service);
  }
  return report(start, failure);
}

int bare(int count, char **words) {
  if (count == 3 && !strcmp(words[0], "fill")) return fill(atoi(words[1]), atoi(words[2]));
  if (count == 1 && !strcmp(words[0], "dump")) return dump();
  return 64;
}
