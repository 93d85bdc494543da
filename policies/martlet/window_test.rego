package martlet.window_test

import data.martlet.window

access := {"windows": [{
	"buckets": ["payroll"],
	"zone": "Europe/Berlin",
	"weekdays": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"],
	"from": "08:30",
	"to": "18:00",
	"reads": true,
}]}

put := {"service": "s3", "action": "s3:PutObject", "bucket": "payroll"}

get := {"service": "s3", "action": "s3:GetObject", "bucket": "payroll"}

# Wednesday 2026-01-14, by the clock of Berlin (UTC+1).
at(hour, minute) := time.parse_rfc3339_ns("2026-01-14T00:00:00+01:00") + (((hour * 60) + minute) * 60000000000)

test_within_hours if {
	count(window.deny) == 0 with input as put with data.access as access with time.now_ns as at(8, 30)
}

test_before_hours if {
	count(window.deny) == 1 with input as put with data.access as access with time.now_ns as at(8, 29)
}

test_after_hours if {
	count(window.deny) == 1 with input as put with data.access as access with time.now_ns as at(18, 0)
}

test_weekend if {
	saturday := at(12, 0) + (3 * 86400000000000)
	count(window.deny) == 1 with input as put with data.access as access with time.now_ns as saturday
}

test_reading_is_free if {
	count(window.deny) == 0 with input as get with data.access as access with time.now_ns as at(3, 0)
}

test_other_bucket if {
	asked := object.union(put, {"bucket": "public"})
	count(window.deny) == 0 with input as asked with data.access as access with time.now_ns as at(3, 0)
}
