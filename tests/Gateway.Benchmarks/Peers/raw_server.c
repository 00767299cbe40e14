/* A register bank on plain sockets and epoll: functions 3, 4, 6 and 16, any unit, one bank per port.
 * With STEP_MS the registers below MOVING change at that pace, so that a reader sees new values.
 * raw_server PORTS [STEP_MS [MOVING]]: prints "ready" and its ports; "run N" prints N, the processor time so
 * far, the clock, and when the first request since the last "run" was answered (0 when none was). */
#include "peer.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

enum { MOST_PORTS = 64, MOST_LINKS = 1024, REGISTERS = 65536, ROOM = 4096 };
enum { COMMANDS = 0, STEP = 1, LISTENER = 2, LINK = LISTENER + MOST_PORTS };

struct link {
    int socket, bank, have;
    uint8_t in[ROOM];
};

static uint8_t banks[MOST_PORTS][2 * REGISTERS];
static struct link links[MOST_LINKS];
static int listeners[MOST_PORTS];
static int64_t first_answer;
static int bank_count, poller, step, moving = 2000;

static void watch(int fd, uint32_t what)
{
    struct epoll_event e = { .events = EPOLLIN, .data.u32 = what };
    if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &e))
        fail("epoll_ctl");
}

static void open_listener(int bank)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof at;
    int s = listeners[bank] = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(s, (struct sockaddr *)&at, sizeof at) || listen(s, 128) || getsockname(s, (struct sockaddr *)&at, &size))
        fail("listen");
    printf(" %d", ntohs(at.sin_port));
    watch(s, LISTENER + bank);
}

static void accept_link(int bank)
{
    int one = 1, s = accept(listeners[bank], NULL, NULL), i = 0;
    if (s < 0)
        return;
    while (i < MOST_LINKS && links[i].socket)
        i++;
    if (i == MOST_LINKS) {
        close(s);
        return;
    }
    setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    links[i].socket = s;
    links[i].bank = bank;
    links[i].have = 0;
    watch(s, LINK + i);
}

/* Answers one request; returns the length of the answer. */
static int answer(const uint8_t *in, uint8_t *out, uint8_t *bank)
{
    int function = in[7], address = in[8] << 8 | in[9], value = in[10] << 8 | in[11], length;
    memcpy(out, in, 8);
    if ((function == 3 || function == 4) && value >= 1 && value <= 125 && address + value <= REGISTERS) {
        out[8] = 2 * value;
        memcpy(out + 9, bank + 2 * address, 2 * value);
        length = 3 + 2 * value;
    } else if (function == 6) {
        memcpy(bank + 2 * address, in + 10, 2);
        memcpy(out + 8, in + 8, 4);
        length = 6;
    } else if (function == 16 && address + value <= REGISTERS && in[12] == 2 * value) {
        memcpy(bank + 2 * address, in + 13, 2 * value);
        memcpy(out + 8, in + 8, 4);
        length = 6;
    } else {
        out[7] |= 0x80;
        out[8] = function == 3 || function == 4 ? 2 : 1;
        length = 3;
    }
    out[4] = length >> 8;
    out[5] = (uint8_t)length;
    return 6 + length;
}

static void serve_link(struct link *l)
{
    uint8_t out[ROOM / 12 * 260];
    int used = 0, filled = 0;
    ssize_t n = recv(l->socket, l->in + l->have, ROOM - l->have, 0);
    if (n <= 0) {
        close(l->socket);
        l->socket = 0;
        return;
    }
    l->have += n;
    while (l->have - used >= 12) {
        const uint8_t *frame = l->in + used;
        int size = 6 + (frame[4] << 8 | frame[5]);
        if (l->have - used < size)
            break;
        filled += answer(frame, out + filled, banks[l->bank]);
        used += size;
    }
    if (used < l->have)
        memmove(l->in, l->in + used, l->have - used);
    l->have -= used;
    if (filled && send(l->socket, out, filled, MSG_NOSIGNAL) != filled) {
        close(l->socket);
        l->socket = 0;
    }
    if (!first_answer && filled)
        first_answer = wall_ns();
}

/* Saw teeth within 0 to 9,999 with another phase for each register. */
static void move_registers(int timer)
{
    uint64_t expired;
    if (read(timer, &expired, sizeof expired) != sizeof expired)
        return;
    step++;
    for (int b = 0; b < bank_count; b++)
        for (int i = 0; i < moving; i++) {
            int value = (step * 7 + i * 13 + b * 101) % 10000;
            banks[b][2 * i] = value >> 8;
            banks[b][2 * i + 1] = (uint8_t)value;
        }
}

static void command(void)
{
    char line[64];
    ssize_t n = read(0, line, sizeof line - 1);
    if (n <= 0)
        exit(0);
    line[n] = 0;
    printf("%s %lld %lld %lld\n", strtok(strchr(line, ' '), " \n"), (long long)cpu_ns(), (long long)wall_ns(), (long long)first_answer);
    fflush(stdout);
    first_answer = 0;
}

int main(int argc, char **argv)
{
    struct epoll_event events[64];
    int step_ms = argc > 2 ? atoi(argv[2]) : 0, timer = timerfd_create(CLOCK_MONOTONIC, 0);
    if (argc < 2 || (bank_count = atoi(argv[1])) < 1 || bank_count > MOST_PORTS)
        return 2;
    if (argc > 3)
        moving = atoi(argv[3]);
    poller = epoll_create1(0);
    fputs("ready", stdout);
    for (int i = 0; i < bank_count; i++)
        open_listener(i);
    puts("");
    fflush(stdout);
    watch(0, COMMANDS);
    if (step_ms > 0) {
        struct timespec t = { step_ms / 1000, step_ms % 1000 * 1000000L };
        struct itimerspec pace = { t, t };
        timerfd_settime(timer, 0, &pace, NULL);
        watch(timer, STEP);
    }
    for (;;) {
        int n = epoll_wait(poller, events, 64, -1);
        if (n < 0 && errno != EINTR)
            fail("epoll_wait");
        for (int i = 0; i < n; i++) {
            uint32_t what = events[i].data.u32;
            if (what == COMMANDS)
                command();
            else if (what == STEP)
                move_registers(timer);
            else if (what < LINK)
                accept_link(what - LISTENER);
            else
                serve_link(&links[what - LINK]);
        }
    }
}
