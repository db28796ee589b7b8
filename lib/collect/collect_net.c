/* SPDX-License-Identifier: MIT */
/*
 * Bytes of the TCP sockets that processes have open: sock_diag(7) for the
 * bytes, /proc/PID/fd for whose they are.  A socket that comes and goes
 * between two looks is missed, and so is what is sent after the last one.
 *
 * Sockets of another network namespace cannot be asked for; when nobody
 * else is in it, the totals of its interfaces tell as much.
 */
#include "collect/collector.h"

#include "base/clock.h"
#include "base/map64.h"
#include "proc/fds.h"
#include "proc/net_space.h"
#include "proc/sock_diag.h"

#include <unistd.h>

enum {
	/* A list of all sockets may take this part of the time. */
	LIST_SHARE = 100,
	/* From so many of ours on, a list is cheaper than one by one. */
	MANY = 500,
	/* Of all so far, this part more is worth telling by a quick look. */
	QUICK_PART = 1000,
};

/* Sums at one time. */
struct net_sums {
	uint64_t time_ns;		/* 0: none */
	uint64_t sent;
	uint64_t received;
};

/* A TCP socket of ours that is there. */
struct socket_record {
	struct tcp_socket socket;	/* as of the last look */
	bool seen;			/* at this look, it was still there */
};

VEC_DEFINE(socket_record_vec, struct socket_record);

struct net_collector {
	struct collector base;
	int fd;
	uint64_t here;			/* our namespace */
	uint64_t elsewhere;		/* another one, of the program only */
	uint64_t shared;		/* another one, of strangers, too */
	struct net_sums now;		/* so far */
	struct net_sums told;		/* the last that were */
	struct net_sums held;		/* of a quick look after it */
	bool begun;			/* elsewhere */
	struct net_bytes first;		/* elsewhere, when we came */
	struct map64 places;		/* inode: index of the record */
	struct socket_record_vec records;
	struct tcp_socket_vec found;
	struct map64 owned;		/* inodes of our TCP sockets, now */
	struct map64 others;		/* inodes of ours that are not TCP */
	bool unknown;			/* one is not among the records */
	uint64_t list_ns;		/* when there may be a list again */
	pid_t pid;			/* whose descriptors are read */
};

static struct net_collector *net_of(struct collector *base)
{
	return container_of(base, struct net_collector, base);
}

static void net_init(struct collector *base)
{
	net_of(base)->fd = -1;
}

static int net_open(struct collector *base, struct error *err)
{
	struct net_collector *net = net_of(base);

	net->fd = sock_diag_open(err);
	net->here = net_space_id(getpid());
	return net->fd < 0 ? -1 : 0;
}

static void put(struct net_collector *net, struct collect_look *look,
		uint64_t time_ns, const char *name, uint64_t bytes)
{
	collect_put_at(&net->base, look, time_ns, &(struct metric){
		.name = name, .source = "net", .kind = METRIC_CUMULATIVE,
		.unit = METRIC_BYTES, .scope = METRIC_OF_RUN,
		.owner = net->base.run }, bytes);
}

static void note_fd(void *context, int fd, const char *target)
{
	struct net_collector *net = context;
	const uint64_t inode = fd_socket_inode(target);

	if (!inode || map64_get(&net->others, inode, NULL))
		return;
	if (!map64_get(&net->places, inode, NULL)) {
		if (!fd_is_tcp(net->pid, fd)) {
			map64_put(&net->others, inode, 1);
			return;
		}
		net->unknown = true;
	}
	map64_put(&net->owned, inode, 1);
}

static bool is_elsewhere(const struct net_collector *net, uint64_t space)
{
	return space && net->here && space != net->here;
}

/* The inodes of the sockets of our processes that can be asked for. */
static void find_owned(struct net_collector *net,
		       const struct collect_look *look)
{
	map64_clear(&net->owned);
	net->unknown = false;
	for (size_t i = 0; i < look->processes.count; i++) {
		net->pid = look->processes.items[i].live;
		if (!is_elsewhere(net, net_space_id(net->pid)))
			process_fds_visit(net->pid, note_fd, net);
	}
}

static uint64_t growth(uint64_t now, uint64_t before)
{
	return now > before ? now - before : 0;
}

static void count_bytes(struct net_collector *net,
			struct socket_record *record,
			const struct tcp_socket *now)
{
	net->now.sent += growth(now->sent, record->socket.sent);
	net->now.received += growth(now->received, record->socket.received);
	record->socket = *now;
	record->seen = true;
}

/*
 * A socket of the list.  One that was there before us brings bytes that are
 * not of this run; a later one does not.
 */
static void take_socket(struct net_collector *net,
			const struct collect_look *look,
			const struct tcp_socket *now)
{
	struct socket_record *record;
	uint64_t place;

	if (!map64_get(&net->owned, now->inode, NULL))
		return;
	if (!map64_get(&net->places, now->inode, &place)) {
		place = net->records.count;
		map64_put(&net->places, now->inode, place);
		record = socket_record_vec_add(&net->records);
		record->socket = *now;
		if (!look->attached || net->base.reads)
			record->socket.sent = record->socket.received = 0;
	}
	count_bytes(net, &net->records.items[place], now);
}

static int list_all(struct net_collector *net, struct collect_look *look,
		    struct error *err)
{
	const uint64_t start_ns = clock_monotonic_ns();

	if (sock_diag_tcp(net->fd, &net->found, err))
		return -1;
	for (size_t i = 0; i < net->found.count; i++)
		take_socket(net, look, &net->found.items[i]);
	net->list_ns = look->now_ns + LIST_SHARE *
		       (clock_monotonic_ns() - start_ns);
	return 0;
}

static int ask_one_by_one(struct net_collector *net, struct error *err)
{
	for (size_t i = 0; i < net->records.count; i++) {
		struct socket_record *record = &net->records.items[i];
		struct tcp_socket now = record->socket;
		const int there = sock_diag_again(net->fd, &now, err);

		if (there < 0)
			return -1;
		if (there)
			count_bytes(net, record, &now);
	}
	return 0;
}

static void forget_closed(struct net_collector *net)
{
	for (size_t i = net->records.count; i-- > 0;) {
		struct socket_record *record = &net->records.items[i];

		if (record->seen) {
			record->seen = false;
			continue;
		}
		map64_remove(&net->places, record->socket.inode);
		*record = net->records.items[--net->records.count];
		if (i < net->records.count)
			map64_put(&net->places, record->socket.inode, i);
	}
}

static void put_sums(struct net_collector *net, struct collect_look *look,
		     const struct net_sums *sums)
{
	put(net, look, sums->time_ns, "net.sent", sums->sent);
	put(net, look, sums->time_ns, "net.received", sums->received);
}

static bool worth_telling(const struct net_sums *before,
			  const struct net_sums *now)
{
	return now->sent - before->sent > before->sent / QUICK_PART ||
	       now->received - before->received >
	       before->received / QUICK_PART;
}

/* Now, and where the line to it begins. */
static void tell_now(struct net_collector *net, struct collect_look *look)
{
	if (net->held.time_ns && worth_telling(&net->told, &net->now))
		put_sums(net, look, &net->held);
	put_sums(net, look, &net->now);
	net->told = net->now;
	net->held.time_ns = 0;
}

/* Only of the sockets that are known. */
static bool net_quick(struct collector *base, struct collect_look *look)
{
	struct net_collector *net = net_of(base);
	const struct net_sums before = net->held.time_ns ? net->held :
				       net->told;
	const uint64_t before_ns = collect_look_time(look);

	base->quick_refused += net->records.count > QUICK_FILES;
	if (!base->reads || !net->records.count ||
	    net->records.count > QUICK_FILES)
		return false;
	if (ask_one_by_one(net, NULL))
		return false;
	base->quick_reads++;
	/* Which of them are still there is for the next full look. */
	for (size_t i = 0; i < net->records.count; i++)
		net->records.items[i].seen = false;
	collect_look_read(look, before_ns);
	net->now.time_ns = look->now_ns;
	if (worth_telling(&net->told, &net->now))
		tell_now(net, look);
	else
		net->held = net->now;
	return worth_telling(&before, &net->now);
}

static void look_at_sockets(struct net_collector *net,
			    struct collect_look *look)
{
	struct error err = ERROR_INIT;
	uint64_t before_ns;
	int ret;

	find_owned(net, look);
	before_ns = collect_look_time(look);
	if ((net->unknown && look->now_ns >= net->list_ns) ||
	    net->records.count > MANY)
		ret = list_all(net, look, &err);
	else
		ret = ask_one_by_one(net, &err);
	if (ret) {
		collect_note(&net->base, "%s", err.text);
		return;
	}
	forget_closed(net);
	/* Where none can be seen, that is no 0. */
	if ((net->elsewhere || net->shared) && !net->now.sent &&
	    !net->now.received)
		return;
	collect_look_read(look, before_ns);
	net->now.time_ns = look->now_ns;
	tell_now(net, look);
}

/* Is that namespace one whose totals are ours? */
static bool has_place(struct net_collector *net, uint64_t space,
		      struct collect_look *look)
{
	static const char *const notes[] = {
		[NET_ALONE] = "the program is alone in another network "
			      "namespace: its totals instead of TCP sockets",
		[NET_UNKNOWN] = "the program is in another network "
				"namespace: its totals instead of TCP "
				"sockets, those of others included, if it is "
				"not alone there",
		[NET_SHARED] = "the program is in another network namespace, "
			       "which it shares: nothing of that",
	};
	enum net_company company;

	if (space == net->elsewhere || space == net->shared)
		return space == net->elsewhere;
	company = net_space_company(space, collect_look_has, look);
	if (net->elsewhere || company == NET_SHARED)
		net->shared = space;
	else
		net->elsewhere = space;
	/* More important than what was said before. */
	*net->base.note = '\0';
	collect_note(&net->base, "%s", net->elsewhere && net->shared ?
		     "the program is in several other network namespaces: "
		     "totals of one of them only" : notes[company]);
	return space == net->elsewhere;
}

/* A program may go to another namespace at any time, or only its child. */
static void look_elsewhere(struct net_collector *net,
			   struct collect_look *look)
{
	struct net_bytes now;
	pid_t pid = 0;

	for (size_t i = 0; i < look->processes.count; i++) {
		const pid_t live = look->processes.items[i].live;
		const uint64_t space = net_space_id(live);

		if (is_elsewhere(net, space) && has_place(net, space, look))
			pid = live;
	}
	if (!pid || !net_bytes_read(pid, &now))
		return;
	if (!net->begun)
		net->first = now;
	net->begun = true;
	put(net, look, look->now_ns, "net.namespace.sent",
	    growth(now.sent, net->first.sent));
	put(net, look, look->now_ns, "net.namespace.received",
	    growth(now.received, net->first.received));
}

static void net_look(struct collector *base, struct collect_look *look)
{
	struct net_collector *net = net_of(base);

	if (!look->processes.count)
		return;
	look_elsewhere(net, look);
	look_at_sockets(net, look);
}

static void net_close(struct collector *base)
{
	struct net_collector *net = net_of(base);

	if (net->fd >= 0)
		close(net->fd);
	map64_release(&net->places);
	map64_release(&net->owned);
	map64_release(&net->others);
	socket_record_vec_release(&net->records);
	tcp_socket_vec_release(&net->found);
}

const struct collector_ops net_collector_ops = {
	.name = "net",
	.level = LEVEL_DETAILED,
	.period_ns = 100 * NS_PER_MS,
	.size = sizeof(struct net_collector),
	.background = true,
	.init = net_init,
	.open = net_open,
	.look = net_look,
	.quick = net_quick,
	.close = net_close,
};
