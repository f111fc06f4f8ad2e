/* The kernel's floor: a relay that does nothing but what any chat has to ask of the kernel.
 *
 * One thread, one epoll, one send() for each client and message, nothing joined, nothing stored, nobody
 * signed in. It speaks as much WebSocket as bench/load.py does: masked text frames under 64 KiB, no
 * fragments, no control frames. A client too slow to take a frame whole ends the run, since a floor that
 * dropped a message would measure less than the work.
 *
 *     cc -O2 floor.c -o floor && ./floor PORT
 */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 65536, ROOM = 8192, EVENTS = 1024, HEAD = 4 };

struct client {
    int fd, at, open; /* `at`: its place in `everyone`; `open`: has it shaken hands */
    size_t held;
    unsigned char in[ROOM];
};

static struct client *clients[MOST]; /* by file descriptor */
static struct client *everyone[MOST];
static int count;

/* The answer to the one key that load.py sends, the sample of RFC 6455, section 1.3: no SHA-1 needed. */
static const char WELCOME[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                              "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void put(int fd, const void *bytes, size_t n) {
    ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 ? errno != EPIPE && errno != ECONNRESET : sent < (ssize_t)n)
        fail("floor: a client does not read");
}

static void drop(struct client *c) {
    if (c->open) {
        everyone[c->at] = everyone[--count];
        everyone[c->at]->at = c->at;
    }
    clients[c->fd] = NULL;
    close(c->fd);
    free(c);
}

static void relay(const unsigned char *text, size_t n) {
    unsigned char frame[HEAD + ROOM];
    size_t head = 2;
    frame[0] = 0x81;
    if (n < 126) {
        frame[1] = n;
    } else {
        frame[1] = 126, frame[2] = n >> 8, frame[3] = n;
        head = 4;
    }
    memcpy(frame + head, text, n);
    for (int i = 0; i < count; i++)
        put(everyone[i]->fd, frame, head + n);
}

/* Takes what is whole at the front of the buffer; returns its length, 0 when more is needed, -1 to hang up. */
static long take(struct client *c, unsigned char *in, size_t held) {
    if (!c->open) {
        unsigned char *end = memmem(in, held, "\r\n\r\n", 4);
        if (!end)
            return 0;
        put(c->fd, WELCOME, sizeof WELCOME - 1);
        c->open = 1;
        c->at = count;
        everyone[count++] = c;
        return end + 4 - in;
    }
    if (held < 2)
        return 0;
    if (in[0] != 0x81 || !(in[1] & 0x80) || in[1] == 0xff)
        return -1;
    size_t n = in[1] & 0x7f, head = n == 126 ? 8 : 6;
    if (held < head)
        return 0;
    if (n == 126)
        n = in[2] << 8 | in[3];
    if (held < head + n)
        return 0;
    for (size_t i = 0; i < n; i++)
        in[head + i] ^= in[head - 4 + i % 4];
    relay(in + head, n);
    return head + n;
}

static void hear(struct client *c) {
    ssize_t n = recv(c->fd, c->in + c->held, ROOM - c->held, MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN)
        return;
    if (n <= 0) {
        drop(c);
        return;
    }
    c->held += n;
    size_t at = 0;
    long taken;
    while ((taken = take(c, c->in + at, c->held - at)) > 0)
        at += taken;
    if (taken < 0) {
        drop(c);
        return;
    }
    memmove(c->in, c->in + at, c->held -= at);
}

static void welcome(int epoll, int listener) {
    int fd = accept(listener, NULL, NULL), on = 1;
    if (fd < 0 || fd >= MOST)
        fail("floor: accept");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (!(clients[fd] = calloc(1, sizeof **clients)))
        fail("floor: calloc");
    clients[fd]->fd = fd;
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

int main(int argc, char **argv) {
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int listener = socket(AF_INET, SOCK_STREAM, 0), epoll = epoll_create1(0), on = 1;
    here.sin_port = htons(argc > 1 ? atoi(argv[1]) : 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&here, sizeof here) || listen(listener, 1024))
        fail("floor: listen");
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[EVENTS];
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int n = epoll_wait(epoll, events, EVENTS, -1);
        if (n < 0 && errno != EINTR)
            fail("floor: epoll_wait");
        for (int i = 0; i < n; i++)
            if (events[i].data.fd == listener)
                welcome(epoll, listener);
            else
                hear(clients[events[i].data.fd]);
    }
}
