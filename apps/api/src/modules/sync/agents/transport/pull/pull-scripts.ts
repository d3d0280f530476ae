// A call is a hash with its state: waiting → fetched → replied → taken, or withdrawn (never fetched), or given up (fetched, and
// not answered in time). What waits is in a list besides. All keys of a vendor are in one slot, so that a script may touch
// them all. Times are those of the hubs' clocks, which the caller gives: a script that Redis runs late must not grant more time.

/** KEYS: list, call. ARGV: call id, payload, deadline, milliseconds to keep, vendor id, channel of new calls. */
export const OFFER = `
  redis.call('hset', KEYS[2], 'state', 'waiting', 'payload', ARGV[2], 'deadline', ARGV[3])
  redis.call('pexpire', KEYS[2], ARGV[4])
  redis.call('rpush', KEYS[1], ARGV[1])
  redis.call('pexpire', KEYS[1], ARGV[4])
  redis.call('publish', ARGV[6], ARGV[5])`;

/** KEYS: list. ARGV: prefix of calls, most calls, now. Gives ids and payloads in turn. */
export const FETCH = `
  local fetched = {}
  while #fetched < 2 * tonumber(ARGV[2]) do
    local id = redis.call('lpop', KEYS[1])
    if not id then break end
    local key = ARGV[1] .. id
    local call = redis.call('hmget', key, 'state', 'payload', 'deadline')
    if call[1] == 'waiting' and tonumber(call[3]) > tonumber(ARGV[3]) then
      redis.call('hset', key, 'state', 'fetched')
      redis.call('hdel', key, 'payload')
      fetched[#fetched + 1] = id
      fetched[#fetched + 1] = call[2]
    end
  end
  return fetched`;

/** KEYS: list, call. ARGV: call id, payload, vendor id, channel of new calls. For what was fetched and certainly not sent. */
export const GIVE_BACK = `
  if redis.call('hget', KEYS[2], 'state') ~= 'fetched' then return 0 end
  redis.call('hset', KEYS[2], 'state', 'waiting', 'payload', ARGV[2])
  redis.call('lpush', KEYS[1], ARGV[1])
  redis.call('publish', ARGV[4], ARGV[3])
  return 1`;

/** KEYS: call. ARGV: call id, reply, now, channel of replies. Gives what became of it. */
export const REPLY = `
  local call = redis.call('hmget', KEYS[1], 'state', 'deadline')
  if not call[1] or call[1] == 'waiting' or call[1] == 'withdrawn' then return 'unknown' end
  if call[1] == 'replied' or call[1] == 'taken' then return 'repeated' end
  if call[1] ~= 'fetched' or tonumber(call[2]) <= tonumber(ARGV[3]) then return 'late' end
  redis.call('hset', KEYS[1], 'state', 'replied', 'reply', ARGV[2])
  redis.call('publish', ARGV[4], ARGV[1])
  return 'taken'`;

/** KEYS: call. Gives the reply, once. */
export const TAKE = `
  if redis.call('hget', KEYS[1], 'state') ~= 'replied' then return false end
  local reply = redis.call('hget', KEYS[1], 'reply')
  redis.call('hset', KEYS[1], 'state', 'taken')
  redis.call('hdel', KEYS[1], 'reply')
  return reply`;

/** KEYS: list, call. ARGV: call id. Ends a call: gives how it was, and its reply when there is one. */
export const END = `
  local state = redis.call('hget', KEYS[2], 'state')
  if state == 'waiting' then
    redis.call('lrem', KEYS[1], 1, ARGV[1])
    redis.call('hset', KEYS[2], 'state', 'withdrawn')
    redis.call('hdel', KEYS[2], 'payload')
    return { 'waiting' }
  end
  if state == 'fetched' then
    redis.call('hset', KEYS[2], 'state', 'given_up')
    return { 'fetched' }
  end
  if state == 'replied' then
    local reply = redis.call('hget', KEYS[2], 'reply')
    redis.call('hset', KEYS[2], 'state', 'taken')
    redis.call('hdel', KEYS[2], 'reply')
    return { 'replied', reply }
  end
  return { 'lost' }`;
