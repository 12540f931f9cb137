-- The entries of a partition that a recorder could take: its own, those that others left, new ones.
-- Its own are kept for it: nobody takes over what is looked at.
-- KEYS: outbox. ARGV: recorder, limit, age in ms from which an entry counts as left.
if redis.call('XLEN', KEYS[1]) == 0 then
  return {}
end
local last
for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local fields = {}
  for i = 1, #group, 2 do
    fields[group[i]] = group[i + 1]
  end
  if fields['name'] == 'recorder' then
    last = fields['last-delivered-id']
  end
end
if not last then
  redis.call('XGROUP', 'CREATE', KEYS[1], 'recorder', '0')
  last = '0-0'
end

local ids = {}
for _, entry in ipairs(redis.call('XPENDING', KEYS[1], 'recorder', '-', '+', ARGV[2], ARGV[1])) do
  ids[#ids + 1] = entry[1]
end
if #ids > 0 then
  local claim = {'XCLAIM', KEYS[1], 'recorder', ARGV[1], '0', unpack(ids)}
  claim[#claim + 1] = 'JUSTID'
  redis.call(unpack(claim))
end
local left = redis.call('XPENDING', KEYS[1], 'recorder', 'IDLE', ARGV[3], '-', '+', ARGV[2])
for _, entry in ipairs(left) do
  ids[#ids + 1] = entry[1]
end
for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '(' .. last, '+', 'COUNT', ARGV[2])) do
  ids[#ids + 1] = entry[1]
end
return ids
