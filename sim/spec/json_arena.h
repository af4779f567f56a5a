/* Memory for JSON values that are made together and end together. A result has some seven hundred,
 * and to free each for itself would cost more than to write them all. */
#ifndef SIM_SPEC_JSON_ARENA_H
#define SIM_SPEC_JSON_ARENA_H

/* From here on the JSON library takes its memory from the arena, and what is freed stays, in all of
 * the process: no value that is older may be freed, and none of these used after json_arena_close.
 * Aborts where memory is short. */
void json_arena_open(void);

/* Ends all values made since json_arena_open. */
void json_arena_close(void);

#endif
