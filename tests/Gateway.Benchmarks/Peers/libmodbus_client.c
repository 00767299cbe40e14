/* libmodbus as a client: modbus_read_registers of 125 registers. The library has blocking calls only, so several
 * connections are read one after another by one thread, which is its cheapest way.
 * libmodbus_client PORT CONNECTIONS */
#include "peer.h"
#include <errno.h>
#include <modbus/modbus.h>

enum { REGISTERS = 125, MOST = 1024 };

static modbus_t *contexts[MOST];
static int context_count;

static void run(long count)
{
    uint16_t values[REGISTERS];
    for (long i = 0; i < count; i++) {
        if (modbus_read_registers(contexts[i % context_count], 0, REGISTERS, values) != REGISTERS) {
            fprintf(stderr, "libmodbus_client: %s\n", modbus_strerror(errno));
            exit(3);
        }
    }
}

int main(int argc, char **argv)
{
    if (argc < 3 || (context_count = atoi(argv[2])) < 1 || context_count > MOST)
        return 2;
    for (int i = 0; i < context_count; i++) {
        contexts[i] = modbus_new_tcp("127.0.0.1", atoi(argv[1]));
        modbus_set_slave(contexts[i], 1);
        if (modbus_connect(contexts[i])) {
            fprintf(stderr, "libmodbus_client: %s\n", modbus_strerror(errno));
            return 3;
        }
    }
    serve_commands(run);
    return 0;
}
