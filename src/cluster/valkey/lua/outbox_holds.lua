-- Whether a record that waits, or was set aside, is of a room. KEYS: outbox, aside. ARGV: room, the
-- most entries that are looked at. Answers 1 when there are more: then nobody knows.
for _, key in ipairs(KEYS) do
  local entries = redis.call('XRANGE', key, '-', '+', 'COUNT', ARGV[2])
  if #entries == tonumber(ARGV[2]) then return 1 end
  for _, entry in ipairs(entries) do
    for _, value in ipairs(entry[2]) do
      if string.find(value, ARGV[1], 1, true) then return 1 end
    end
  end
end
return 0
