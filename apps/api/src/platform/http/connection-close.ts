import type { FastifyInstance } from 'fastify';
import type { Lifecycle } from '../lifecycle/lifecycle';

/** While the process shuts down every reply ends its connection: a kept-alive one would hold the server open. */
export function registerConnectionClose(fastify: FastifyInstance, lifecycle: Lifecycle): void {
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (lifecycle.shuttingDown) reply.header('Connection', 'close');
    done(null, payload);
  });
}
