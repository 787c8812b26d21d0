/* The friction controller from C: an agent that deletes too much meets resistance, another does
 * not.
 *
 *     cc -std=c99 friction.c $(pkg-config --cflags --libs sluice_friction) -o friction */
#include <sluice_friction.h>
#include <stdio.h>
#include <string.h>

static int call(sluice_friction* friction, const char* client, const char* tool, double now,
                sluice_friction_decision* decision) {
    const uint32_t number = sluice_friction_tool(friction, tool, strlen(tool));
    sluice_friction_admit(friction, client, strlen(client), number, now, 0, decision);
    return decision->forward;
}

int main(void) {
    char why[512];
    sluice_friction_config* config = sluice_friction_config_new();
    sluice_friction_set_tool_number(config, "delete_note", "target_rate", 3);
    if (sluice_friction_new(config, why, sizeof why) == NULL) printf("refused: %s", why);
    sluice_friction_set_tool_number(config, "delete_note", "target_rate", 0.03);
    sluice_friction* friction = sluice_friction_new(config, why, sizeof why);
    sluice_friction_config_free(config);
    if (friction == NULL) {
        fprintf(stderr, "%s", why);
        return 1;
    }

    const double start = sluice_friction_now();
    sluice_friction_decision decision;
    int deleted = 0;
    while (call(friction, "looping agent", "delete_note", start + deleted, &decision)) ++deleted;
    char message[128];
    sluice_friction_message(&decision, message, sizeof message);
    printf("looping agent: %d notes deleted, then: %s\n", deleted, message);
    printf("level %s, again in %u s\n", sluice_friction_level_name(decision.level),
           (unsigned)decision.retry_after_seconds);

    int refused = 0;
    for (int i = 0; i < 500; ++i) {
        const char* tool = i % 50 == 0 ? "delete_note" : "read_note";
        refused += !call(friction, "calm agent", tool, start + i, &decision);
    }
    printf("calm agent: %d calls refused\n", refused);
    printf("%zu clients are known\n", sluice_friction_clients(friction));
    sluice_friction_free(friction);
    return 0;
}
