/* libmodbus as a server of many clients: modbus_receive and modbus_reply, with epoll in place of the select of its
 * examples, which is cheaper with many connections.
 * libmodbus_server: prints "ready" and its port; "run N" prints N and the processor time so far. */
#include "peer.h"
#include <arpa/inet.h>
#include <modbus/modbus.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static void command(void)
{
    char line[64];
    ssize_t n = read(0, line, sizeof line - 1);
    if (n <= 0)
        exit(0);
    line[n] = 0;
    printf("%s %lld %lld 0\n", strtok(strchr(line, ' '), " \n"), (long long)cpu_ns(), (long long)wall_ns());
    fflush(stdout);
}

static void watch(int poller, int fd)
{
    struct epoll_event e = { .events = EPOLLIN, .data.fd = fd };
    if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &e))
        fail("epoll_ctl");
}

static void serve(modbus_t *context, modbus_mapping_t *bank, int link)
{
    uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];
    modbus_set_socket(context, link);
    int length = modbus_receive(context, query);
    if (length > 0)
        modbus_reply(context, query, length, bank);
    else if (length < 0)
        close(link);
}

int main(void)
{
    struct epoll_event events[64];
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof at;
    modbus_t *context = modbus_new_tcp("127.0.0.1", 0);
    modbus_mapping_t *bank = modbus_mapping_new(0, 0, 65535, 65535);
    int listener = socket(AF_INET, SOCK_STREAM, 0), poller = epoll_create1(0);
    if (bind(listener, (struct sockaddr *)&at, sizeof at) || listen(listener, 128)
        || getsockname(listener, (struct sockaddr *)&at, &size))
        fail("listen");
    watch(poller, 0);
    watch(poller, listener);
    printf("ready %d\n", ntohs(at.sin_port));
    fflush(stdout);
    for (;;) {
        int n = epoll_wait(poller, events, 64, -1);
        for (int i = 0; i < n; i++) {
            int fd = events[i].data.fd;
            if (fd == 0) {
                command();
            } else if (fd == listener) {
                modbus_set_socket(context, -1);
                int link = modbus_tcp_accept(context, &fd);
                if (link >= 0)
                    watch(poller, link);
            } else {
                serve(context, bank, fd);
            }
        }
    }
}
