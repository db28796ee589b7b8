#!/bin/sh
# SPDX-License-Identifier: MIT
# sqlite3 on a database made here: stripped, works in a shared library.
. "$(dirname "$0")/lib.sh"

need sqlite3
cat >"$tmp/make.sql" <<'SQL'
create table t(id integer primary key, k integer, name text);
with recursive n(i) as (select 1 union all select i + 1 from n
	where i < 300000)
insert into t select i, i * 7919 % 1009, 'name ' || (i * 31 % 5000) from n;
SQL
cat >"$tmp/query.sql" <<'SQL'
select count(*), sum(length(name)) from t where name like '%9%3';
select k, count(*), max(name) from t group by k order by 2 desc, 3 limit 5;
select count(*) from t a join t b on b.id = (a.k * 211) % 300000 + 1
	where a.name > b.name;
create index by_name on t(name, k);
select name, avg(k) from t group by name having avg(k) > 700 limit 5;
select count(distinct name || k) from t;
drop index by_name;
select k, group_concat(name) from (select * from t order by name desc)
	group by k limit 1;
SQL
sqlite3 "$tmp/test.db" <"$tmp/make.sql"
cat "$tmp/query.sql" "$tmp/query.sql" >"$tmp/twice.sql"
record sqlite -- sqlite3 "$tmp/test.db" ".read $tmp/twice.sql"
ok "the queries had answers" test -s "$tmp/sqlite.out"
report sqlite function --by function --min-percent 0 --top 100000
report sqlite module --by module --min-percent 0
ok "statements run under sqlite3_step" \
	facts hot sqlite.function sqlite3_step 85
ok "the library is hot" facts hot sqlite.module '.*libsqlite3.*' 55
sound sqlite
done_testing
