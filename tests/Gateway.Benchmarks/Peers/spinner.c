/* Loads one core until its input ends. */
#include "peer.h"
#include <poll.h>
#include <unistd.h>

int main(void)
{
    struct pollfd in = { .fd = 0, .events = POLLIN };
    char byte;
    puts("ready");
    fflush(stdout);
    for (;;) {
        int64_t until = wall_ns() + 20000000;
        while (wall_ns() < until) {
        }
        if (poll(&in, 1, 0) > 0 && read(0, &byte, 1) <= 0)
            return 0;
    }
}
