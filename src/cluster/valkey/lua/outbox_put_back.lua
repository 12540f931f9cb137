-- Puts an entry that was set aside back into the outbox, as if it were new. KEYS: outbox, aside.
-- ARGV: id. Answers 0 when it is not there.
local entry = redis.call('XRANGE', KEYS[2], ARGV[1], ARGV[1])[1]
if not entry then
  return 0
end
local fields = {}
for i = 1, #entry[2], 2 do
  if entry[2][i] ~= 'entry' and entry[2][i] ~= 'why' then
    fields[#fields + 1] = entry[2][i]
    fields[#fields + 1] = entry[2][i + 1]
  end
end
-- One without a record is kept as it is: nobody could read it either.
if #fields == 0 then
  fields = {'record', ''}
end
redis.call('XADD', KEYS[1], '*', unpack(fields))
redis.call('XDEL', KEYS[2], ARGV[1])
return 1
