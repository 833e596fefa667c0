// What Redis runs for the limits: one script, so that a call is counted in all its scopes or in none. It keeps the
// semantics of counter.ts: 60 one-second slots, places with a deadline.
//
// A scope is a hash (`s` the last second, `R` and `T` the sums, `r0…r59` and `t0…t59` the slots) and a sorted set of
// places by deadline. Both expire by themselves.
//
// KEYS[1] says that what is counted here can be believed; then two keys a scope.
// ARGV: verb, now in ms ('' = this server's clock, the one all replicas share), then what the verb needs.

/** How long a scope's hash outlives its last request. */
const WINDOW_TTL_MS = 62_000;

const SHARED = `
local now
if ARGV[2] ~= '' then now = tonumber(ARGV[2]) else
  local t = redis.call('TIME')
  now = t[1] * 1000 + math.floor(t[2] / 1000)
end
local second = math.floor(now / 1000)
local n = (#KEYS - 1) / 2

local function hash(i) return KEYS[2 * i] end
local function places(i) return KEYS[2 * i + 1] end

local function names(letter, from, count)
  local list = {}
  for step = 0, count - 1 do list[#list + 1] = letter .. ((from + step) % 60) end
  return list
end

local function sum(key, list)
  local total = 0
  for _, value in ipairs(redis.call('HMGET', key, unpack(list))) do total = total + (tonumber(value) or 0) end
  return total
end

-- Empties the slots that the clock has passed; returns the last second, requests and tokens.
local function advance(key)
  local state = redis.call('HMGET', key, 's', 'R', 'T')
  local last, requests, tokens = tonumber(state[1]), tonumber(state[2]) or 0, tonumber(state[3]) or 0
  if not last then return second, 0, 0 end
  if last > second + 60 then
    -- The clock was set back: what was counted counts for another minute from now.
    redis.call('DEL', key)
    redis.call('HSET', key, 's', second, 'R', requests, 'T', tokens, 'r' .. second % 60, requests, 't' .. second % 60, tokens)
    redis.call('PEXPIRE', key, ${WINDOW_TTL_MS})
    return second, requests, tokens
  end
  local steps = math.min(second - last, 60)
  if steps <= 0 then return last, requests, tokens end
  if steps == 60 then
    redis.call('DEL', key)
    return second, 0, 0
  end
  local r, t = names('r', last + 1, steps), names('t', last + 1, steps)
  requests, tokens = requests - sum(key, r), tokens - sum(key, t)
  redis.call('HDEL', key, unpack(r))
  redis.call('HDEL', key, unpack(t))
  redis.call('HSET', key, 's', second, 'R', requests, 'T', tokens)
  return second, requests, tokens
end

local function add(key, letter, total, at, amount)
  redis.call('HINCRBY', key, letter .. at % 60, amount)
  redis.call('HINCRBY', key, total, amount)
end

local function openAt(key)
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
  return redis.call('ZCARD', key)
end

local function keepPlace(key, id, ttl)
  redis.call('ZADD', key, now + ttl, id)
  redis.call('PEXPIRE', key, ttl + 1000)
end

-- Seconds until at most so much is left of what is counted now.
local function freeIn(key, letter, last, total, allowed)
  if allowed < 0 then return 60 end
  if total <= allowed then return 0 end
  local list = redis.call('HMGET', key, unpack(names(letter, last + 1, 60)))
  for i = 1, 60 do
    if total <= allowed then return i - 1 end
    total = total - (tonumber(list[i]) or 0)
  end
  return 60
end

local function waitMs(seconds) return math.max(0, math.ceil((second + seconds) * 1000 - now)) end
`;

/** ARGV: tokens, place id, ttl of a place, then `rpm tpm maxParallel` of each scope, '' for none. */
const ACQUIRE = `
local tokens, id, ttl = tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])
local scopes = {}
for i = 1, n do
  local at = 3 + 3 * i
  local last, requests, used = advance(hash(i))
  scopes[i] = { last = last, requests = requests, tokens = used,
    rpm = tonumber(ARGV[at]), tpm = tonumber(ARGV[at + 1]), max = tonumber(ARGV[at + 2]) }
end
for i = 1, n do
  local max = scopes[i].max
  if max and openAt(places(i)) >= max then return {0, 'concurrency', i, 0} end
end
local function longest(problem, waitOf)
  local found, wait
  for i = 1, n do
    local ms = waitOf(i, scopes[i])
    if ms and (not wait or ms > wait) then found, wait = i, ms end
  end
  if found then return {0, problem, found, wait} end
end
local refusal = longest('rpm', function(i, s)
  if s.rpm and s.requests >= s.rpm then return waitMs(freeIn(hash(i), 'r', s.last, s.requests, s.rpm - 1)) end
end) or longest('tpm', function(i, s)
  if s.tpm and s.tokens + tokens > s.tpm then return waitMs(freeIn(hash(i), 't', s.last, s.tokens, s.tpm - tokens)) end
end)
if refusal then return refusal end
for i = 1, n do
  local s, key = scopes[i], hash(i)
  redis.call('HINCRBY', key, 'r' .. s.last % 60, 1)
  s.requests = s.requests + 1
  if s.tpm and tokens > 0 then
    redis.call('HINCRBY', key, 't' .. s.last % 60, tokens)
    s.tokens = s.tokens + tokens
  end
  redis.call('HSET', key, 's', s.last, 'R', s.requests, 'T', s.tokens)
  redis.call('PEXPIRE', key, ${WINDOW_TTL_MS})
  if s.max then keepPlace(places(i), id, ttl) end
end
local function state(letter, limitName, usedName)
  local found, least
  for i = 1, n do
    local limit = scopes[i][limitName]
    local left = limit and math.max(0, limit - scopes[i][usedName])
    if left and (not least or left < least) then found, least = i, left end
  end
  if not found then return {} end
  local s = scopes[found]
  -- With room left it is until the window is empty, and something was counted just now.
  if least > 0 and (letter == 'r' or tokens > 0) then return {s[limitName], least, waitMs(60 - (second - s.last))} end
  local allowed = least > 0 and 0 or s[limitName] - 1
  return {s[limitName], least, waitMs(freeIn(hash(found), letter, s.last, s[usedName], allowed))}
end
return {1, second, state('r', 'rpm', 'requests'), state('t', 'tpm', 'tokens')}
`;

/** ARGV: `give` or `keep`, place id, its second, tokens counted, tokens used ('' = not known), then `1` or `0` a scope: counts tokens. */
const END = `
local give, id, at, counted, used = ARGV[3] == 'give', ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
for i = 1, n do
  local key, countsTokens = hash(i), ARGV[7 + i] == '1'
  redis.call('ZREM', places(i), id)
  local last, requests = advance(key)
  local holds = last - at < 60
  if give and holds and requests > 0 then
    add(key, 'r', 'R', at, -1)
    if countsTokens then add(key, 't', 'T', at, -counted) end
  elseif not give and countsTokens and used then
    local more = used - counted
    if more > 0 then
      add(key, 't', 'T', last, more)
      redis.call('HSET', key, 's', last)
      redis.call('PEXPIRE', key, ${WINDOW_TTL_MS})
    elseif more < 0 and holds and requests > 0 then add(key, 't', 'T', at, more) end
  end
end
return 1
`;

/** ARGV: rpm, tpm of the one scope. */
const PEEK = `
local last, requests, tokens = advance(hash(1))
local function state(letter, limit, used)
  if not limit then return {} end
  local left = math.max(0, limit - used)
  return {limit, left, waitMs(freeIn(hash(1), letter, last, used, left > 0 and 0 or limit - 1))}
end
return {state('r', tonumber(ARGV[3]), requests), state('t', tonumber(ARGV[4]), tokens)}
`;

/** ARGV: ttl of a place, then for each scope a count of slots, `age requests tokens` of each, a count of places, their ids. */
const ADD = `
local ttl, at = tonumber(ARGV[3]), 4
for i = 1, n do
  local key, slots = hash(i), tonumber(ARGV[at])
  at = at + 1
  local last = advance(key)
  for _ = 1, slots do
    local age = tonumber(ARGV[at])
    if age < 60 then
      add(key, 'r', 'R', last - age, ARGV[at + 1])
      add(key, 't', 'T', last - age, ARGV[at + 2])
    end
    at = at + 3
  end
  if slots > 0 then
    redis.call('HSET', key, 's', last)
    redis.call('PEXPIRE', key, ${WINDOW_TTL_MS})
  end
  local open = tonumber(ARGV[at])
  at = at + 1
  for _ = 1, open do
    keepPlace(places(i), ARGV[at], ttl)
    at = at + 1
  end
end
return 1
`;

/** The answer of a Redis whose counters are not the ones that were written: it was emptied. */
export const LOST = 'LOST';

export const SCRIPT = `
if redis.call('EXISTS', KEYS[1]) == 0 then return '${LOST}' end
${SHARED}
local verb = ARGV[1]
if verb == 'acquire' then ${ACQUIRE} end
if verb == 'end' then ${END} end
if verb == 'peek' then ${PEEK} end
if verb == 'add' then ${ADD} end
return redis.error_reply('unknown verb')
`;

export const SCRIPT_SHA = new Bun.CryptoHasher('sha1').update(SCRIPT).digest('hex');
