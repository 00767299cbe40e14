/* What all peers share: clocks, the processor time of this process, and the commands on standard input.
 * A peer prints "ready", then answers each line "run N" with one line of figures, and ends with its input. */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

static inline int64_t wall_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* User and system time of all threads of this process. */
static inline int64_t cpu_ns(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000000LL + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1000LL;
}

static inline void fail(const char *what)
{
    perror(what);
    exit(1);
}

/* Serves "run N" with a function that makes N requests; prints requests, processor and wall nanoseconds, bytes. */
static inline void serve_commands(void (*run)(long count))
{
    char line[64];
    puts("ready");
    fflush(stdout);
    while (fgets(line, sizeof line, stdin)) {
        long count = 0;
        if (sscanf(line, "%*s %ld", &count) != 1)
            exit(2);
        int64_t cpu = cpu_ns(), wall = wall_ns();
        run(count);
        cpu = cpu_ns() - cpu;
        wall = wall_ns() - wall;
        printf("%ld %lld %lld 0\n", count, (long long)cpu, (long long)wall);
        fflush(stdout);
    }
}
