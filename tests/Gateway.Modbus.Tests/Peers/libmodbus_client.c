/* A libmodbus client that uses every function it has against a server and checks the answers.
 * Usage: libmodbus_client tcp HOST PORT | rtu DEVICE. Exit code 0 when every check held. */
#include <errno.h>
#include <modbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;

#define CHECK(condition)                                                                     \
    do {                                                                                     \
        if (!(condition)) {                                                                  \
            failures++;                                                                      \
            fprintf(stderr, "line %d: %s (%s)\n", __LINE__, #condition, modbus_strerror(errno)); \
        }                                                                                    \
    } while (0)

static void bits(modbus_t *ctx) {
    uint8_t out[1968], in[2000];
    for (int i = 0; i < 1968; i++)
        out[i] = (i * 7 % 3) == 0;
    CHECK(modbus_write_bit(ctx, 5, 1) == 1);
    CHECK(modbus_read_bits(ctx, 4, 3, in) == 3);
    CHECK(in[0] == 0 && in[1] == 1 && in[2] == 0);
    CHECK(modbus_write_bits(ctx, 100, 1968, out) == 1968);
    CHECK(modbus_read_bits(ctx, 100, 1968, in) == 1968);
    CHECK(memcmp(in, out, 1968) == 0);
    CHECK(modbus_read_bits(ctx, 0, 2000, in) == 2000);
    /* The server's discrete inputs: every fifth is set. */
    CHECK(modbus_read_input_bits(ctx, 0, 22, in) == 22);
    for (int i = 0; i < 22; i++)
        CHECK(in[i] == (i % 5 == 0));
}

static void registers(modbus_t *ctx) {
    uint16_t out[123], in[125];
    for (int i = 0; i < 123; i++)
        out[i] = (uint16_t)(i * 523);
    CHECK(modbus_write_register(ctx, 7, 0xABCD) == 1);
    CHECK(modbus_read_registers(ctx, 7, 1, in) == 1 && in[0] == 0xABCD);
    CHECK(modbus_write_registers(ctx, 200, 123, out) == 123);
    CHECK(modbus_read_registers(ctx, 200, 123, in) == 123);
    CHECK(memcmp(in, out, sizeof out) == 0);
    CHECK(modbus_read_registers(ctx, 0, 125, in) == 125);
    CHECK(modbus_mask_write_register(ctx, 7, 0x00F2, 0x0025) == 1);
    CHECK(modbus_read_registers(ctx, 7, 1, in) == 1);
    CHECK(in[0] == ((0xABCD & 0x00F2) | (0x0025 & ~0x00F2 & 0xFFFF)));
    CHECK(modbus_write_and_read_registers(ctx, 300, 3, out + 1, 299, 5, in) == 5);
    CHECK(in[1] == 523 && in[2] == 1046 && in[3] == 1569);
    /* The server's input registers hold their own address. */
    CHECK(modbus_read_input_registers(ctx, 65000, 125, in) == 125);
    for (int i = 0; i < 125; i++)
        CHECK(in[i] == 65000 + i);
}

static void refusals(modbus_t *ctx) {
    uint16_t in[125];
    uint8_t raw[] = {1, 0x07};
    uint8_t answer[MODBUS_MAX_ADU_LENGTH];
    CHECK(modbus_read_registers(ctx, 65535, 2, in) == -1 && errno == EMBXILADD);
    /* Function 7 is not served. */
    CHECK(modbus_send_raw_request(ctx, raw, 2) > 0);
    CHECK(modbus_receive_confirmation(ctx, answer) > 0);
    CHECK(answer[modbus_get_header_length(ctx)] == 0x87 && answer[modbus_get_header_length(ctx) + 1] == 1);
    CHECK(modbus_read_registers(ctx, 7, 1, in) == 1);
}

int main(int argc, char **argv) {
    modbus_t *ctx = NULL;
    if (argc == 4 && strcmp(argv[1], "tcp") == 0)
        ctx = modbus_new_tcp(argv[2], atoi(argv[3]));
    else if (argc == 3 && strcmp(argv[1], "rtu") == 0)
        ctx = modbus_new_rtu(argv[2], 115200, 'N', 8, 1);
    if (ctx == NULL)
        return 2;
    modbus_set_slave(ctx, 1);
    modbus_set_response_timeout(ctx, 3, 0);
    if (modbus_connect(ctx) != 0) {
        fprintf(stderr, "connect: %s\n", modbus_strerror(errno));
        return 2;
    }
    bits(ctx);
    registers(ctx);
    refusals(ctx);
    modbus_close(ctx);
    modbus_free(ctx);
    printf("%d failures\n", failures);
    return failures == 0 ? 0 : 1;
}
