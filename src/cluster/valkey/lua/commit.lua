-- Writes a snapshot, if its host may; with a record, ends the room and fills the outbox.
-- The rules are those of cluster/fencing.rs. Answers taken, overtaken, fenced or missing.
-- KEYS: room, outbox, open. ARGV: host, epoch, version, format, snapshot, record or '', life when
--   ended, format of the record, the room's id.
local held = redis.call('HMGET', KEYS[1], 'host', 'epoch', 'version', 'ended')
if not held[2] and redis.call('EXISTS', KEYS[1]) == 0 then
  return 'missing'
end
local held_epoch, held_version = tonumber(held[2] or ''), tonumber(held[3] or '')
if not held_epoch or not held_version then
  return redis.error_reply('DAMAGED the room has no epoch or no version')
end
local epoch, version, ended = tonumber(ARGV[2]), tonumber(ARGV[3]), held[4] == '1'
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))

if held_epoch == epoch and held[1] == ARGV[1] then
  if ended or version <= held_version then
    -- Not for its value: a WAIT covers only what came before a write of the same connection.
    redis.call('HSET', KEYS[1], 'touched', now)
    return 'overtaken'
  end
elseif ended or held_epoch >= epoch then
  return 'fenced'
end

redis.call('HSET', KEYS[1], 'host', ARGV[1], 'epoch', ARGV[2], 'version', ARGV[3],
  'format', ARGV[4], 'snapshot', ARGV[5], 'touched', now)
if ARGV[6] ~= '' then
  redis.call('HSET', KEYS[1], 'ended', '1')
  redis.call('PEXPIRE', KEYS[1], ARGV[7])
  redis.call('XADD', KEYS[2], '*', 'format', ARGV[8], 'record', ARGV[6])
  -- Last: nothing is lost if this key cannot be written.
  redis.call('SREM', KEYS[3], ARGV[9])
end
return 'taken'
