#pragma once
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <linux/genetlink.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/ip_vs.h>
#include <linux/neighbour.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

// Hidden behind _GNU_SOURCE in <string.h>: "EPERM" for EPERM.
extern const char *strerrorname_np(int error);
