// Loaded into the hub before its own code: the channel to the demo closes however the demo ends, also when it is killed.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();
