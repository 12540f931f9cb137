-- How many entries wait, the id of the oldest, how many are set aside, and the time.
-- KEYS: outbox, aside.
local oldest = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
return {
  redis.call('XLEN', KEYS[1]), oldest and oldest[1] or '', redis.call('XLEN', KEYS[2]), now
}
