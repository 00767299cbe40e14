/* The limit: reads of 125 holding registers on plain sockets with the checks a careful client makes.
 * One connection is read with blocking calls, several with epoll and one request in flight on each.
 * raw_client PORT CONNECTIONS */
#include "peer.h"
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REGISTERS = 125, REPLY = 9 + 2 * REGISTERS, MOST = 1024 };

struct link {
    int socket;
    uint16_t id;
    int have;
    uint8_t in[REPLY + 1];
    uint16_t values[REGISTERS];
};

static struct link links[MOST];
static int link_count;
static int poller;

static void send_request(struct link *l)
{
    uint16_t id = ++l->id;
    uint8_t out[12] = { id >> 8, (uint8_t)id, 0, 0, 0, 6, 1, 3, 0, 0, 0, REGISTERS };
    if (send(l->socket, out, sizeof out, 0) != sizeof out)
        fail("send");
}

/* Returns 1 when the answer is complete, checked and decoded. */
static int receive(struct link *l)
{
    ssize_t n = recv(l->socket, l->in + l->have, REPLY - l->have, 0);
    if (n <= 0)
        fail("recv");
    l->have += n;
    if (l->have < REPLY)
        return 0;
    const uint8_t *in = l->in;
    if (((in[0] << 8) | in[1]) != l->id || in[2] || in[3] || ((in[4] << 8) | in[5]) != REPLY - 6
        || in[6] != 1 || in[7] != 3 || in[8] != 2 * REGISTERS) {
        fputs("raw_client: wrong answer\n", stderr);
        exit(3);
    }
    for (int i = 0; i < REGISTERS; i++)
        l->values[i] = in[9 + 2 * i] << 8 | in[10 + 2 * i];
    l->have = 0;
    return 1;
}

static void run_one(long count)
{
    for (long i = 0; i < count; i++) {
        send_request(&links[0]);
        while (!receive(&links[0])) {
        }
    }
}

static void run_many(long count)
{
    long started = 0, done = 0;
    struct epoll_event events[64];
    for (int i = 0; i < link_count && started < count; i++, started++)
        send_request(&links[i]);
    while (done < count) {
        int n = epoll_wait(poller, events, 64, -1);
        for (int i = 0; i < n; i++) {
            struct link *l = events[i].data.ptr;
            if (!receive(l))
                continue;
            done++;
            if (started < count) {
                started++;
                send_request(l);
            }
        }
    }
}

int main(int argc, char **argv)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int one = 1;
    if (argc < 3 || (link_count = atoi(argv[2])) < 1 || link_count > MOST)
        return 2;
    to.sin_port = htons(atoi(argv[1]));
    poller = epoll_create1(0);
    for (int i = 0; i < link_count; i++) {
        int s = links[i].socket = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(s, (struct sockaddr *)&to, sizeof to))
            fail("connect");
        setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        struct epoll_event e = { .events = EPOLLIN, .data.ptr = &links[i] };
        epoll_ctl(poller, EPOLL_CTL_ADD, s, &e);
    }
    serve_commands(link_count == 1 ? run_one : run_many);
    return 0;
}
