-- Each request is another form, so that nothing is answered from what is there already. Arguments: the API key, a word that sets this run's
-- form numbers apart, and the file of forms.
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(args)
  local key, run, file = args[1], args[2], args[3]
  forms = {}
  for line in io.lines(file) do
    local before, between, after = line:match("^(.-)@FORM@(.-)@MOBILE@(.*)$")
    forms[#forms + 1] = {before, between, after}
  end
  head = "POST /v1/requests HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer " .. key .. "\r\nContent-Type: application/json\r\nContent-Length: "
  prefix = run .. "-" .. number .. "-"
  sent = 0
  taken = 0
end

function request()
  sent = sent + 1
  local form = forms[sent % #forms + 1]
  local body = form[1] .. prefix .. sent .. form[2] .. string.format("0913%06d5", sent % 1000000) .. form[3]
  return head .. #body .. "\r\n\r\n" .. body
end

function done(summary, latency, _)
  local seconds = summary.duration / 1e6
  io.write(string.format("RESULT %.0f %.2f %.2f %d\n", summary.requests / seconds, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
