/* C interface of Sluice's friction controller: who uses a tool too much meets rising resistance.
 *
 * docs/FRICTION.md has the formulae and every key. Link with -lsluice_friction; C99 and later, C++.
 *
 *     sluice_friction_config *config = sluice_friction_config_new();
 *     sluice_friction_set_tool_number(config, "delete_note", "target_rate", 0.03);
 *     char why[1024];
 *     sluice_friction *friction = sluice_friction_new(config, why, sizeof why);
 *     sluice_friction_config_free(config);
 *     if (friction == NULL) { fprintf(stderr, "%s", why); exit(1); }
 *
 *     uint32_t tool = sluice_friction_tool(friction, "delete_note", 11);
 *     sluice_friction_decision decision;
 *     sluice_friction_admit(friction, client, client_size, tool, sluice_friction_now(), 0,
 * &decision); if (!decision.forward) ... refuse, with decision.retry_after_seconds
 *
 * Threads: a sluice_friction may be used from any thread at any time; a lock is held while one
 * decision is made, some 100 ns. Freeing it, and everything about a sluice_friction_config, is for
 * one thread while no other uses it.
 *
 * Nothing here throws, exits, logs, or keeps a pointer that it was given. Texts are bytes with a
 * size, and need no NUL; keys and names of the configuration are NUL-terminated UTF-8.
 *
 * Versions: within one SLUICE_FRICTION_ABI nothing changes that a compiled program relies on: no
 * structure, no signature, no meaning of a value. Functions and keys may be added. The shared
 * library's name ends in it: libsluice_friction.so.1. */
#ifndef SLUICE_FRICTION_H
#define SLUICE_FRICTION_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_FRICTION_ABI 1

#if defined(SLUICE_FRICTION_BUILD)
#define SLUICE_FRICTION_API __attribute__((visibility("default")))
#else
#define SLUICE_FRICTION_API
#endif

/* What a function gives that can fail. */
typedef enum sluice_friction_status {
    SLUICE_FRICTION_OK = 0,
    SLUICE_FRICTION_UNKNOWN_KEY = 1,  /* the configuration has no such key */
    SLUICE_FRICTION_BAD_ARGUMENT = 2, /* NULL, a time or number that is none, a foreign tool */
    SLUICE_FRICTION_NOT_FOUND = 3,    /* the client is not known (any more) */
    SLUICE_FRICTION_NO_MEMORY = 4
} sluice_friction_status;

typedef enum sluice_friction_level {
    SLUICE_FRICTION_NONE = 0,   /* friction is exactly 0 */
    SLUICE_FRICTION_LOW = 1,    /* below 0.3 */
    SLUICE_FRICTION_MEDIUM = 2, /* from 0.3 */
    SLUICE_FRICTION_HIGH = 3,   /* from the tool's justification_threshold */
    SLUICE_FRICTION_BLOCKED = 4 /* from the tool's hard_block_threshold */
} sluice_friction_level;

typedef enum sluice_friction_reason {
    SLUICE_FRICTION_NOT_CONFIGURED = 0,      /* the tool has no friction */
    SLUICE_FRICTION_INSUFFICIENT_BUDGET = 1, /* refused */
    SLUICE_FRICTION_IS_BLOCKED = 2,          /* refused */
    SLUICE_FRICTION_JUSTIFICATION_REQUIRED = 3,
    SLUICE_FRICTION_ALLOWED = 4
} sluice_friction_reason;

/* What the controller thinks of one call, and what the tool's mode makes of it. */
typedef struct sluice_friction_decision {
    double friction;              /* 0 to 1 */
    double cost;                  /* what the call costs (or would cost) of the budget */
    double current_rate;          /* smoothed fraction of the client's calls */
    double target_rate;           /* the tool's, as configured */
    double effective_target;      /* the tool's, with saturation relief */
    double budget;                /* what the client had left before the call */
    double hard_block_threshold;  /* the tool's */
    double delay_seconds;         /* admit: wait so long, then run the tool */
    uint32_t retry_after_seconds; /* of a refused call: it passes after so long without calls */
    uint8_t level;                /* a sluice_friction_level */
    uint8_t reason;               /* a sluice_friction_reason */
    uint8_t allowed;              /* by its friction and budget, whatever the mode */
    uint8_t forward;              /* run the tool; without a mode's say the same as allowed */
    uint8_t asks_reason;          /* admit: the same call passes with a justification */
    uint8_t justification_required;
    uint8_t saturation_detected; /* the tool's target has been raised */
    uint8_t waiting_helps;       /* 0: retry_after_seconds is a polite pause without promise */
} sluice_friction_decision;

/* A tool's target begins to give way, since its friction has stood at the top for long. */
typedef struct sluice_friction_saturation {
    double effective_target; /* with the first step of relief */
    double target_rate;      /* as configured */
    uint32_t tool;
    uint32_t reserved;
} sluice_friction_saturation;

typedef struct sluice_friction_config sluice_friction_config;
typedef struct sluice_friction sluice_friction;

/* The library's SLUICE_FRICTION_ABI. */
SLUICE_FRICTION_API uint32_t sluice_friction_abi(void);

/* ---- configuration: the keys of docs/FRICTION.md; durations are seconds, flags 0 or 1 */

/* The defaults, without a tool. NULL: no memory. */
SLUICE_FRICTION_API sluice_friction_config* sluice_friction_config_new(void);
SLUICE_FRICTION_API void sluice_friction_config_free(sluice_friction_config* config);

/* key  A key of [resource.friction]: window_size, ema_alpha, ..., max_delay, penalty_ttl; also
 *      recover_while_idle (1), with 0 a call is judged by the state of the last recorded one.
 * value  default_budget may be INFINITY. Ranges are checked by sluice_friction_new(). */
SLUICE_FRICTION_API sluice_friction_status
sluice_friction_set_number(sluice_friction_config* config, const char* key, double value);
/* "block", "delay", "ladder" or "observe". */
SLUICE_FRICTION_API sluice_friction_status sluice_friction_set_mode(sluice_friction_config* config,
                                                                    const char* mode);
/* A key of [resource.friction.tools.TOOL]; the first one makes the tool. */
SLUICE_FRICTION_API sluice_friction_status sluice_friction_set_tool_number(
    sluice_friction_config* config, const char* tool, const char* key, double value);
SLUICE_FRICTION_API sluice_friction_status
sluice_friction_set_tool_mode(sluice_friction_config* config, const char* tool, const char* mode);
/* A key of [resource.friction.groups.GROUP]; the first one, or the first tool, makes the group. */
SLUICE_FRICTION_API sluice_friction_status sluice_friction_set_group_number(
    sluice_friction_config* config, const char* group, const char* key, double value);
SLUICE_FRICTION_API sluice_friction_status
sluice_friction_add_group_tool(sluice_friction_config* config, const char* group, const char* tool);

/* ---- the controllers of all clients */

/* Copies the configuration. NULL if something is wrong with it: then `why` has every problem, one
 * "key: text" a line, cut at why_size and NUL-terminated; it may be NULL. Also NULL: no memory. */
SLUICE_FRICTION_API sluice_friction* sluice_friction_new(const sluice_friction_config* config,
                                                         char* why, size_t why_size);
SLUICE_FRICTION_API void sluice_friction_free(sluice_friction* friction);

/* Seconds of the system's monotonic clock, the usual `now`. Any other moment goes as well, as long
 * as it is always of the same clock; one before the last counts as no time passed. */
SLUICE_FRICTION_API double sluice_friction_now(void);

/* A tool's number, for as long as `friction` lives. Tools of the configuration have 0, 1, ... in
 * the order in which they were made; any other name has a number from 32768 on. */
SLUICE_FRICTION_API uint32_t sluice_friction_tool(const sluice_friction* friction, const char* name,
                                                  size_t size);
/* The name of a tool of the configuration, valid as long as `friction` lives; NULL for others. */
SLUICE_FRICTION_API const char* sluice_friction_tool_name(const sluice_friction* friction,
                                                          uint32_t tool);

/* Decides on a call by the tool's mode, and counts it if it passes: what a server asks before it
 * runs a tool.
 * client     A text of what was verified (a token's issuer, client and subject), never a session or
 *            an address. Unknown ones are made; at max_clients one seen long ago makes room.
 * justified  1 if the caller gave a reason.
 * decision   May be NULL. */
SLUICE_FRICTION_API sluice_friction_status
sluice_friction_admit(sluice_friction* friction, const char* client, size_t client_size,
                      uint32_t tool, double now, int justified, sluice_friction_decision* decision);
/* The same without a mode: counted if `allowed`. */
SLUICE_FRICTION_API sluice_friction_status
sluice_friction_check_and_record(sluice_friction* friction, const char* client, size_t client_size,
                                 uint32_t tool, double now, sluice_friction_decision* decision);
/* Counts a call whatever is thought of it. */
SLUICE_FRICTION_API sluice_friction_status sluice_friction_record(sluice_friction* friction,
                                                                  const char* client,
                                                                  size_t client_size, uint32_t tool,
                                                                  double now);
/* What a call would meet; changes nothing. Of an unknown client what a new one's would. */
SLUICE_FRICTION_API sluice_friction_status
sluice_friction_check(sluice_friction* friction, const char* client, size_t client_size,
                      uint32_t tool, double now, sluice_friction_decision* decision);

/* One plain line, "Blocked: friction 0.97 >= threshold 0.95", cut at `capacity` and NUL-terminated.
 * Returns its whole length without the NUL. */
SLUICE_FRICTION_API size_t sluice_friction_message(const sluice_friction_decision* decision,
                                                   char* text, size_t capacity);
/* "NONE", "LOW", "MEDIUM", "HIGH" or "BLOCKED"; "" for no level. */
SLUICE_FRICTION_API const char* sluice_friction_level_name(uint8_t level);

/* What a client has left. NOT_FOUND: the client is not known (any more). */
SLUICE_FRICTION_API sluice_friction_status sluice_friction_budget(sluice_friction* friction,
                                                                  const char* client,
                                                                  size_t client_size,
                                                                  double* budget);
/* The unsmoothed fraction of the client's calls. */
SLUICE_FRICTION_API sluice_friction_status sluice_friction_window_rate(sluice_friction* friction,
                                                                       const char* client,
                                                                       size_t client_size,
                                                                       uint32_t tool, double* rate);
/* Gives a client default_budget anew. */
SLUICE_FRICTION_API sluice_friction_status sluice_friction_reset_budget(sluice_friction* friction,
                                                                        const char* client,
                                                                        size_t client_size);
/* Forgets a client and all it has accrued. NOT_FOUND: there was nothing. */
SLUICE_FRICTION_API sluice_friction_status sluice_friction_forget(sluice_friction* friction,
                                                                  const char* client,
                                                                  size_t client_size);
/* Clients that are known now. */
SLUICE_FRICTION_API size_t sluice_friction_clients(sluice_friction* friction);

/* The oldest saturation that nobody has taken yet, with the client it is of: up to
 * client_capacity bytes into `client`, the whole length into client_size. The newest 1024 are kept.
 * NOT_FOUND: there is none. */
SLUICE_FRICTION_API sluice_friction_status
sluice_friction_take_saturation(sluice_friction* friction, sluice_friction_saturation* saturation,
                                char* client, size_t client_capacity, size_t* client_size);

#ifdef __cplusplus
}
#endif

#endif
