/* SPDX-License-Identifier: MIT */
/*
 * cprof.h: name the parts of a program, for cprof(1).
 *
 *	CPROF_REGION("parse");		from here to the end of the block
 *
 * While no cprof looks on, a region costs one load and a branch.  The
 * library allocates nothing, takes no lock, starts no thread, opens
 * nothing, reads no environment and writes no output; errno is kept.  All
 * is told in cprof.h(3).
 */
#ifndef CPROF_H
#define CPROF_H

#ifdef __cplusplus
extern "C" {
#endif

#ifndef CPROF_API
#define CPROF_API
#endif

/* Name of a region: kept up to 62 bytes; text that stays as it is. */
CPROF_API void cprof_region_begin(const char *name);
/* Ends the innermost open region of that name (NULL: of any). */
CPROF_API void cprof_region_end(const char *name);
/* A note on the innermost open region. */
CPROF_API void cprof_region_label(const char *key, const char *value);

/* A number that the program keeps: its value now, or what is added. */
CPROF_API void cprof_counter(const char *name, long long value);
CPROF_API void cprof_counter_add(const char *name, long long value);

/* A moment. */
CPROF_API void cprof_mark(const char *name);

/* What is recorded is called so; as record --name, --version, --label. */
CPROF_API void cprof_name(const char *name);
CPROF_API void cprof_version(const char *version);
CPROF_API void cprof_label(const char *key, const char *value);

/* Record no regions, counters and marks of the process for a while. */
CPROF_API void cprof_pause(void);
CPROF_API void cprof_resume(void);

/*
 * Sessions: a program that records itself, when CPROF_PROFILE=1.  These, and
 * only these, read the environment, allocate, and start processes.
 */
struct cprof_session;

enum cprof_state {
	CPROF_OFF = 0,		/* CPROF_PROFILE is not 1: nothing happened */
	CPROF_RECORDED = 1,
	CPROF_OUTSIDE = 2,	/* a cprof looked on already: see its file */
	CPROF_FAILED = 3	/* see `message` */
};

enum { CPROF_DISCARD = 0, CPROF_SAVE = 1 };

enum { CPROF_FUNCTIONS = 10 };

struct cprof_result {
	enum cprof_state state;
	unsigned long long duration_ns;
	unsigned long long cpu_ns;		/* of the process */
	unsigned long long peak_memory_bytes;	/* of its life so far */
	unsigned long long samples;		/* of those below */
	int function_count;			/* the most self time first */
	struct {
		char name[120];
		unsigned long long self_ns;
		unsigned long long total_ns;
	} functions[CPROF_FUNCTIONS];
	char path[512];				/* "" unless it was saved */
	char message[256];			/* why it failed; or "" */
	char *text;				/* see cprof_result_text() */
};

/*
 * Begin to record, under that name; NULL when there is nothing to do.
 * Returns when recording has begun.
 */
CPROF_API struct cprof_session *cprof_start(const char *name);
/* The same with labels: "key=value" texts, the last one NULL. */
CPROF_API struct cprof_session *cprof_start_labelled(const char *name,
						const char *const *labels);
/*
 * End it, keep the file or not, and fill `*result` (may be NULL), to be
 * released.  NULL is allowed.  Returns result->state.
 */
CPROF_API enum cprof_state cprof_stop(struct cprof_session *session, int what,
				      struct cprof_result *result);
/* The report as text; "" when there is none.  Lives as the result does. */
CPROF_API const char *cprof_result_text(const struct cprof_result *result);
CPROF_API void cprof_result_release(struct cprof_result *result);

/* --- what the macros need; not to be used directly --- */

struct cprof_site {
	const char *name;
	unsigned long known;
};

CPROF_API unsigned long cprof_scope_begin_(struct cprof_site *site);
CPROF_API void cprof_scope_end_(unsigned long scope);

/* Is it on?  By way of the offset table: one address in all modules. */
static inline int cprof_is_on_(void)
{
#if defined(__x86_64__) && !defined(__ILP32__)
	const unsigned long *pool;

	__asm__("movq cprof_pool_@GOTPCREL(%%rip), %0" : "=r"(pool));
	return __builtin_expect(__atomic_load_n(pool, __ATOMIC_RELAXED) != 0,
				0) != 0;
#else
	return 1;
#endif
}

static inline unsigned long cprof_scope_enter_(struct cprof_site *site)
{
	return cprof_is_on_() ? cprof_scope_begin_(site) : 0;
}

static inline void cprof_scope_leave_(const unsigned long *scope)
{
	if (__builtin_expect(*scope != 0, 0))
		cprof_scope_end_(*scope);
}

#ifdef __cplusplus
}

class cprof_scope_ {
public:
	explicit cprof_scope_(struct cprof_site *site) :
		scope(cprof_scope_enter_(site)) { }
	~cprof_scope_() { cprof_scope_leave_(&scope); }
private:
	cprof_scope_(const cprof_scope_ &);
	cprof_scope_ &operator=(const cprof_scope_ &);
	unsigned long scope;
};

#define CPROF_SCOPE_(site, scope) cprof_scope_ scope(&site)
#else
#define CPROF_SCOPE_(site, scope) \
	__attribute__((cleanup(cprof_scope_leave_), unused)) \
	const unsigned long scope = cprof_scope_enter_(&site)
#endif

#define CPROF_JOIN__(a, b) a##b
#define CPROF_JOIN_(a, b) CPROF_JOIN__(a, b)
#define CPROF_REGION_(name, site, scope) \
	static struct cprof_site site = { name, 0 }; \
	CPROF_SCOPE_(site, scope)

/* From here to the end of the block; `name` is a string literal. */
#define CPROF_REGION(name) \
	CPROF_REGION_("" name, CPROF_JOIN_(cprof_site_, __LINE__), \
		      CPROF_JOIN_(cprof_scope_at_, __LINE__))

/* The same, under the name of the function. */
#define CPROF_FUNCTION() \
	CPROF_REGION_(__func__, CPROF_JOIN_(cprof_site_, __LINE__), \
		      CPROF_JOIN_(cprof_scope_at_, __LINE__))

#ifndef CPROF_NO_SHORTCUTS
/* Functions in name and in use; nothing is called while it is off. */
#define cprof_region_begin(name) \
	((void)(cprof_is_on_() ? (cprof_region_begin)(name) : (void)0))
#define cprof_region_end(name) \
	((void)(cprof_is_on_() ? (cprof_region_end)(name) : (void)0))
#define cprof_counter(name, value) \
	((void)(cprof_is_on_() ? (cprof_counter)(name, value) : (void)0))
#define cprof_mark(name) \
	((void)(cprof_is_on_() ? (cprof_mark)(name) : (void)0))
#endif

#endif
