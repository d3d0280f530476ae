// A breaker is one hash. `c<start>` and `f<start>` count calls and failures of the part of the window that starts then.
// `open_until` is there unless the breaker is closed; `trial` and `trial_until` while one call tries; `half_open` once one did.
// Each script touches one key, so that a cluster may keep breakers wherever it likes. Times are those of the hubs' clocks,
// in milliseconds: a script that Redis runs late must not grant more time, and tests need not wait.

const READ = `
  local key, now, oldest = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
  local breaker, calls, failures = {}, 0, 0
  local function read()
    breaker, calls, failures = {}, 0, 0
    local fields = redis.call('hgetall', key)
    for i = 1, #fields, 2 do
      local counted, start = string.match(fields[i], '^([cf])(%d+)$')
      if not counted then breaker[fields[i]] = fields[i + 1]
      elseif tonumber(start) <= oldest then redis.call('hdel', key, fields[i])
      elseif counted == 'c' then calls = calls + tonumber(fields[i + 1])
      else failures = failures + tonumber(fields[i + 1]) end
    end
  end
  local function state()
    if not breaker.open_until then return 'closed' end
    if tonumber(breaker.open_until) > now or not breaker.half_open then return 'open' end
    return 'half_open'
  end
  local function verdict(from, to, till)
    return { from, to, till or '', failures, calls }
  end`;

/** KEYS: breaker. ARGV: now, start of what is too old, token, end of the trial, milliseconds to keep. Whether a call may be made. */
export const ADMIT = `${READ}
  if redis.call('hexists', key, 'open_until') == 0 then return verdict('closed', 'closed') end
  read()
  local from = state()
  if tonumber(breaker.open_until) > now then return verdict('refused', from, breaker.open_until) end
  if breaker.trial and tonumber(breaker.trial_until) > now then return verdict('refused', from, breaker.trial_until) end
  redis.call('hset', key, 'trial', ARGV[3], 'trial_until', ARGV[4], 'half_open', 1)
  redis.call('pexpire', key, ARGV[5])
  return verdict(from, 'half_open', ARGV[4])`;

/**
 * KEYS: breaker. ARGV: now, start of what is too old, start of this part of the window, 1 for a failure, token of the trial,
 * least calls, percent, end of the open time, milliseconds to keep counts, and to keep a breaker that is open. Counts a call.
 */
export const REPORT = `${READ}
  local failed = ARGV[4] == '1'
  redis.call('hincrby', key, 'c' .. ARGV[3], 1)
  if failed then redis.call('hincrby', key, 'f' .. ARGV[3], 1) end
  read()
  local from = state()
  if ARGV[5] ~= '' and breaker.trial == ARGV[5] then
    if failed then
      redis.call('hset', key, 'open_until', ARGV[8])
      redis.call('hdel', key, 'trial', 'trial_until', 'half_open')
      redis.call('pexpire', key, ARGV[10])
      return verdict(from, 'open', ARGV[8])
    end
    redis.call('del', key)
    return verdict(from, 'closed')
  end
  if from ~= 'closed' then return verdict(from, from, breaker.open_until) end
  if calls >= tonumber(ARGV[6]) and failures * 100 >= tonumber(ARGV[7]) * calls then
    redis.call('hset', key, 'open_until', ARGV[8])
    redis.call('pexpire', key, ARGV[10])
    return verdict('closed', 'open', ARGV[8])
  end
  redis.call('pexpire', key, ARGV[9])
  return verdict('closed', 'closed')`;

/** KEYS: breaker. ARGV: token. Ends a trial that came to nothing: 1 when it was still that one. */
export const GIVE_BACK = `
  if redis.call('hget', KEYS[1], 'trial') ~= ARGV[1] then return 0 end
  redis.call('hdel', KEYS[1], 'trial', 'trial_until')
  return 1`;
