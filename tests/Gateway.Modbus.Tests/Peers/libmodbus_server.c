/* A libmodbus server. Every fifth discrete input is set, input registers hold their own address.
 * Usage: libmodbus_server tcp | rtu DEVICE. Prints "ready PORT" and serves until its input ends. */
#include <arpa/inet.h>
#include <errno.h>
#include <modbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv) {
    uint8_t query[MODBUS_MAX_ADU_LENGTH];
    int is_tcp = argc == 2 && strcmp(argv[1], "tcp") == 0;
    int listener = -1;
    modbus_mapping_t *map = modbus_mapping_new(65536, 65536, 65536, 65536);
    modbus_t *ctx = is_tcp ? modbus_new_tcp("127.0.0.1", 0) : modbus_new_rtu(argv[2], 115200, 'N', 8, 1);
    if (ctx == NULL || map == NULL)
        return 2;
    for (int i = 0; i < 65536; i++) {
        map->tab_input_bits[i] = i % 5 == 0;
        map->tab_input_registers[i] = (uint16_t)i;
    }
    modbus_set_slave(ctx, 1);
    if (is_tcp) {
        struct sockaddr_in address;
        socklen_t size = sizeof address;
        listener = modbus_tcp_listen(ctx, 1);
        if (listener < 0 || getsockname(listener, (struct sockaddr *)&address, &size) != 0)
            return 2;
        printf("ready %d\n", ntohs(address.sin_port));
        fflush(stdout);
        if (modbus_tcp_accept(ctx, &listener) < 0)
            return 2;
    } else {
        if (modbus_connect(ctx) != 0)
            return 2;
        printf("ready 0\n");
        fflush(stdout);
    }
    for (;;) {
        int length = modbus_receive(ctx, query);
        if (length > 0)
            modbus_reply(ctx, query, length, map);
        else if (length < 0 && is_tcp)
            return 0;
    }
}
