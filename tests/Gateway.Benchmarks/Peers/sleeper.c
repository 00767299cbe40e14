/* Wakes on a grid of absolute deadlines with clock_nanosleep and the timer slack it was given by its parent, which
 * is the default of 50 us. "run N" prints processor and wall nanoseconds, then the lateness of N wake-ups.
 * sleeper PERIOD_US FIFO: FIFO 1 asks for SCHED_FIFO priority 40; prints "ready 1" when it has it. */
#include "peer.h"
#include <sched.h>

int main(int argc, char **argv)
{
    char line[64];
    if (argc < 3)
        return 2;
    int64_t period = atoll(argv[1]) * 1000;
    struct sched_param priority = { .sched_priority = 40 };
    int fifo = atoi(argv[2]) && sched_setscheduler(0, SCHED_FIFO, &priority) == 0;
    printf("ready %d\n", fifo);
    fflush(stdout);
    while (fgets(line, sizeof line, stdin)) {
        long count = 0;
        if (sscanf(line, "%*s %ld", &count) != 1 || count < 1)
            return 2;
        int64_t *late = malloc(count * sizeof *late);
        int64_t cpu = cpu_ns(), wall = wall_ns(), deadline = wall;
        for (long i = 0; i < count; i++) {
            deadline += period;
            struct timespec t = { deadline / 1000000000, deadline % 1000000000 };
            while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL)) {
            }
            late[i] = wall_ns() - deadline;
            while (wall_ns() > deadline + period)
                deadline += period;
        }
        printf("%lld %lld", (long long)(cpu_ns() - cpu), (long long)(wall_ns() - wall));
        for (long i = 0; i < count; i++)
            printf(" %lld", (long long)late[i]);
        puts("");
        fflush(stdout);
        free(late);
    }
    return 0;
}
