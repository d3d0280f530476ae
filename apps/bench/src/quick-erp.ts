import { createServer } from 'node:http';

interface Told {
  jobId: string;
  orderNumber: string;
}

/**
 * The agent that delivery is measured with, in a process of its own: does nothing and says at once that it is done. Tells its
 * parent when each order arrives, when that is asked for.
 */
function main(tellsArrivals: boolean): void {
  const server = createServer((request, response) => {
    const arrived = performance.timeOrigin + performance.now();
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const told = JSON.parse(Buffer.concat(chunks).toString()) as Told;
      const reply = JSON.stringify({ status: 'completed', erpReference: `E-${told.orderNumber}` });
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(reply) }).end(reply);
      if (tellsArrivals) process.send?.({ orderNumber: told.orderNumber, arrived });
    });
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    process.send?.({ port: typeof address === 'object' && address !== null ? address.port : 0 });
  });
  process.once('disconnect', () => process.exit(0));
}

main(process.argv[2] === 'arrivals');
