package dev.zhida;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.postgres.PostgresPlugin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The invariants that the tables themselves keep, each by name. Every test is undone at its end. */
class SchemaStoreTest {

    private Handle handle;
    private final UUID anna = UUID.randomUUID();
    private final UUID bea = UUID.randomUUID();
    private final UUID offer = UUID.randomUUID();
    private final UUID account = UUID.randomUUID();

    @BeforeEach
    void begin() {
        handle = Jdbi.create(TestDatabase.address().dataSource())
                .installPlugin(new PostgresPlugin())
                .open();
        handle.begin();
        for (var creator : new UUID[] {anna, bea}) {
            handle.execute("insert into creator values (?, 'x', now())", creator);
        }
        handle.execute(
                "insert into offer (id, marketplace, item_id, item_key, created_at) values (?, 'TAOBAO', ?, ?, now())",
                offer,
                offer.toString(),
                offer.toString());
        handle.execute(
                "insert into marketplace_account (id, marketplace, name, created_at) values (?, 'TAOBAO', ?, now())",
                account,
                account.toString());
    }

    @AfterEach
    void undo() {
        handle.rollback();
        handle.close();
    }

    private long slot(boolean exclusive) {
        return handle.createQuery("""
                        insert into slot (account_id, kind, value, order_key, exclusive, created_at)
                        values (:account, 'TAOBAO_PID', gen_random_uuid()::text, gen_random_uuid()::text, :exclusive, now())
                        returning id
                        """)
                .bind("account", account)
                .bind("exclusive", exclusive)
                .mapTo(Long.class)
                .one();
    }

    private long placement(UUID creator, String code, String label) {
        return handle.createQuery("""
                        insert into placement (code, creator_id, offer_id, platform, scene, medium, label, destination, earns,
                            created_at)
                        values (:code, :creator, :offer, 'WECHAT', 'GROUP', 'LINK', :label, 'https://item.taobao.com/', true,
                            now())
                        returning id
                        """)
                .bind("code", code)
                .bind("creator", creator)
                .bind("offer", offer)
                .bind("label", label)
                .mapTo(Long.class)
                .one();
    }

    private void lease(
            long slot, boolean exclusive, long placement, UUID creator, String medium, String from, String until) {
        handle.createUpdate("""
                        insert into slot_lease (slot_id, exclusive, placement_id, creator_id, medium, from_at, until_at)
                        values (:slot, :exclusive, :placement, :creator, :medium, :from::timestamptz, :until::timestamptz)
                        """)
                .bind("slot", slot)
                .bind("exclusive", exclusive)
                .bind("placement", placement)
                .bind("creator", creator)
                .bind("medium", medium)
                .bind("from", from)
                .bind("until", until)
                .execute();
    }

    private void refusedBy(String constraint, Runnable write) {
        assertThatThrownBy(write::run).hasMessageContaining(constraint);
    }

    @Test
    void an_exclusive_slot_has_one_holder_at_an_instant() {
        var slot = slot(true);
        var placement = placement(anna, "AAAAAAAA", "");
        lease(slot, true, placement, anna, "LINK", "2026-01-01", "2026-02-01");
        lease(slot, true, placement, anna, "LINK", "2026-02-01", null);
        refusedBy(
                "slot_lease_one_holder", () -> lease(slot, true, placement, anna, "LINK", "2026-01-31", "2026-02-01"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"creator", "medium"})
    void a_shared_slot_belongs_to_one_creator_and_medium(String what) {
        var slot = slot(false);
        var placement = placement(anna, "AAAAAAAA", "");
        lease(slot, false, placement, anna, "LINK", "2026-01-01", null);
        lease(slot, false, placement, anna, "LINK", "2026-01-02", null);
        var other = "creator".equals(what);
        refusedBy(
                "slot_lease_one_" + what,
                () -> lease(slot, false, placement, other ? bea : anna, other ? "LINK" : "TOKEN", "2026-01-03", null));
    }

    @Test
    void a_shared_slot_is_not_leased_exclusively() {
        var slot = slot(false);
        var placement = placement(anna, "AAAAAAAA", "");
        refusedBy("slot_lease_slot_fkey", () -> lease(slot, true, placement, anna, "LINK", "2026-01-01", null));
    }

    @Test
    void a_lease_has_its_placement_when_the_transaction_ends() {
        lease(slot(true), true, Long.MAX_VALUE, anna, "LINK", "2026-01-01", null);
        refusedBy("slot_lease_placement_fkey", () -> handle.execute("set constraints all immediate"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            marketplace_account_shared_percent_range | update marketplace_account set shared_percent = 101
            marketplace_account_pid_given            | update marketplace_account set pid = ''
            pdd_authority_state_known                | insert into pdd_authority select id, '1_2', '{}', 'X', now() from marketplace_account
            pdd_authority_custom_parameters_size     | insert into pdd_authority select id, '1_2', repeat('x', 65), 'BOUND', now() from marketplace_account
            """)
    void what_is_known_of_an_account_is_possible(String constraint, String statement) {
        refusedBy(constraint, () -> handle.execute(statement));
    }

    @Test
    void a_place_has_one_live_placement_and_a_code_is_one_placements() {
        placement(anna, "AAAAAAAA", "");
        handle.savepoint("before");
        refusedBy("placement_place_key", () -> placement(anna, "BBBBBBBB", ""));
        handle.rollbackToSavepoint("before");
        handle.savepoint("before");
        refusedBy("placement_code_key", () -> placement(anna, "AAAAAAAA", "another"));
        handle.rollbackToSavepoint("before");
        handle.execute("update placement set disabled_at = now() where code = 'AAAAAAAA'");
        placement(anna, "BBBBBBBB", "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"AAAAAAA", "aaaaaaaa", "AAAAAAA0", "AAAAAAAI", "AAAAAAAAA"})
    void a_code_has_eight_symbols_without_look_alikes(String code) {
        refusedBy("placement_code_form", () -> placement(anna, code, ""));
    }

    @Test
    void a_person_of_role_creator_has_a_creator() {
        refusedBy(
                "person_creator_has_creator",
                () -> handle.execute("insert into person (id, login, display_name, role, created_at) "
                        + "values (gen_random_uuid(), 'no-creator', 'x', 'CREATOR', now())"));
    }

    private long transfer(String month, long fen) {
        handle.execute("insert into ledger_source (name) values ('test') on conflict do nothing");
        handle.execute(
                "insert into ledger_account (kind) values ('RECEIVABLE'), ('TECHNICAL_SERVICE_FEE') on conflict do nothing");
        return handle.createQuery("""
                        insert into ledger_transfer (source_id, source_version, debit_id, credit_id, amount_fen, month,
                            reason, posted_at)
                        select s.id, (select count(*) from ledger_transfer), d.id, c.id, :fen, :month::date, 'test', now()
                        from ledger_source s, ledger_account d, ledger_account c
                        where s.name = 'test' and d.kind = 'RECEIVABLE' and d.owner = ''
                          and c.kind = 'TECHNICAL_SERVICE_FEE' and c.owner = ''
                        returning id
                        """)
                .bind("fen", fen)
                .bind("month", month)
                .mapTo(Long.class)
                .one();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update ledger_transfer set amount_fen = 2",
                "delete from ledger_transfer",
                "truncate ledger_transfer"
            })
    void a_posted_transfer_is_never_changed_or_deleted(String statement) {
        transfer("2026-03-01", 1);
        refusedBy("never changed or deleted", () -> handle.execute(statement));
    }

    @Test
    void a_transfer_has_a_positive_amount_and_a_whole_month() {
        handle.savepoint("before");
        refusedBy("ledger_transfer_amount_positive", () -> transfer("2026-03-01", 0));
        handle.rollbackToSavepoint("before");
        refusedBy("ledger_transfer_month_first_day", () -> transfer("2026-03-02", 1));
    }

    /** Rows that refer to what is there; the test leads one reference of each astray at a time. */
    private Map<String, String> referrers() {
        var line = UUID.randomUUID();
        handle.execute("""
                insert into order_line (id, marketplace, account_id, line_key, order_no, parent_no, quantity, status, paid_fen,
                    estimated_fen, first_observed_at, changed_at)
                values (?, 'TAOBAO', ?, 'k', '1', '1', 1, 'PAID', 1, 1, now(), now())
                """, line, account);
        var person = UUID.randomUUID();
        handle.execute(
                "insert into person (id, login, display_name, role, created_at) values (?, ?, 'x', 'OPERATOR', now())",
                person,
                person.toString());
        var report = UUID.randomUUID();
        handle.execute(
                "insert into order_report (id, account_id, file_name, sha256, bytes, received_at, received_by)"
                        + " values (?, ?, 'x', sha256(''), 0, now(), ?)",
                report,
                account,
                person);
        var placement = placement(anna, "CDEFGHJK", "a");
        transfer("2026-03-01", 1);
        return Map.of(
                "ledger_transfer",
                "select source_id, 99 source_version, debit_id, credit_id, amount_fen, month, reason, posted_at"
                        + " from ledger_transfer order by id desc limit 1",
                "attribution",
                "select '%s'::uuid order_line_id, 1 version, true current, 'EXACT' confidence, %d placement_id,"
                                .formatted(line, placement)
                        + " '%s'::uuid creator_id, '%s'::uuid ordered_offer_id, 1 rule_version, '{}'::jsonb evidence,"
                                .formatted(anna, offer)
                        + " now() decided_at",
                "commission",
                "select '%s'::uuid order_line_id, %d placement_id, '%s'::uuid creator_id, 1 rule_version,"
                                .formatted(line, placement, anna)
                        + " 0 estimated_fen, 0 settled_fen, 0 amount_fen, 0 fee_fen, false fee_assumed, 0 platform_fen,"
                        + " '2026-03-01'::date \"month\", '{}'::jsonb inputs, now() calculated_at",
                "order_observation",
                "select '%s'::uuid account_id, 'TAOBAO' marketplace, 'k' line_key, sha256('') content_hash,"
                                .formatted(account)
                        + " '{}'::jsonb \"content\", '{}'::jsonb raw, '%s'::uuid report_id, now() observed_at"
                                .formatted(report));
    }

    @ParameterizedTest
    @CsvSource({
        "ledger_transfer, source_id, -1",
        "ledger_transfer, debit_id, -1",
        "ledger_transfer, credit_id, -1",
        "attribution, placement_id, -1",
        "attribution, creator_id, gen_random_uuid()",
        "attribution, ordered_offer_id, gen_random_uuid()",
        "commission, placement_id, -1",
        "commission, creator_id, gen_random_uuid()",
        "commission, rule_version, -1",
        "order_observation, report_id, gen_random_uuid()"
    })
    void what_is_referred_to_is_there(String table, String column, String nothing) {
        handle.execute("create temporary table candidate on commit drop as "
                + referrers().get(table));
        var columns = handle.createQuery(
                        "select string_agg(quote_ident(attname), ', ') from pg_attribute where attrelid = 'candidate'::regclass and attnum > 0")
                .mapTo(String.class)
                .one();
        var insert = "insert into " + table + " (" + columns + ") select " + columns + " from candidate";
        handle.savepoint("before");
        handle.execute("update candidate set " + column + " = " + nothing);
        refusedBy(table + "." + column + " refers to ", () -> handle.execute(insert));
        handle.rollbackToSavepoint("before");
        handle.execute(insert);
        refusedBy(
                table.equals("ledger_transfer") ? "never changed" : table + "." + column + " refers to ",
                () -> handle.execute("update " + table + " set " + column + " = " + nothing));
    }

    @ParameterizedTest
    @CsvSource({
        "ledger_account, id",
        "ledger_source, id",
        "order_report, id",
        "placement, id",
        "creator, id",
        "offer, id",
        "commission_rule, version"
    })
    void what_is_referred_to_stays(String table, String key) {
        for (var statement : List.of("delete from %s", "update %s set " + key + " = default", "truncate %s cascade")) {
            handle.savepoint("before");
            refusedBy(table + " is referred to", () -> handle.execute(statement.formatted(table)));
            handle.rollbackToSavepoint("before");
        }
    }

    @Test
    void a_locked_month_takes_no_transfers() {
        transfer("2026-03-01", 1);
        handle.execute("insert into ledger_month_lock values ('2026-03-01', now())");
        transfer("2026-04-01", 1);
        refusedBy("the month 2026-03 is locked", () -> transfer("2026-03-01", 1));
    }

    @Test
    void a_line_key_is_unique_within_its_marketplace() {
        var insert = """
                insert into order_line (id, marketplace, account_id, line_key, order_no, parent_no, quantity, status, paid_fen,
                    estimated_fen, first_observed_at, changed_at)
                values (gen_random_uuid(), ?, ?, 'k', '1', '1', 1, 'PAID', 1, 1, now(), now())
                """;
        handle.execute(insert, "TAOBAO", account);
        handle.execute(insert, "JD", account);
        refusedBy("order_line_line_key", () -> handle.execute(insert, "TAOBAO", account));
    }

    @Test
    void a_touch_that_is_no_persons_says_why() {
        handle.execute("select make_touch_partition('2026-03-01')");
        handle.execute("select make_touch_partition('2026-03-01')");
        refusedBy(
                "touch_flag_or_human",
                () -> handle.execute(
                        "insert into touch (day, id, at, placement_id, kind, outcome, host_app, os, human, visitor) "
                                + "values ('2026-03-01', gen_random_uuid(), now(), 1, 'CLICK', 'REDIRECT', 'BROWSER', 'IOS', false, "
                                + "gen_random_uuid())"));
    }

    @Test
    void experiments_that_ran_before_they_had_an_end_go_on_for_28_days() {
        var before = TestDatabase.address().another("0099");
        try (var old = Jdbi.create(before.dataSource()).open()) {
            old.execute("insert into creator values (?, 'x', now())", anna);
            old.execute(
                    "insert into person (id, login, display_name, role, creator_id, created_at) "
                            + "values (?, 'anna', 'x', 'CREATOR', ?, now())",
                    anna,
                    anna);
            for (var days : new int[] {0, 40, 180}) {
                old.execute("""
                        insert into experiment (id, name, creator_id, token_percent, planned, state, created_at, created_by,
                            started_at)
                        values (gen_random_uuid(), ?, ?, 50, 5000, 'RUNNING', now(), ?,
                            now() - make_interval(days => ?, hours => 1))
                        """, "started " + days, anna, anna, days);
            }
            old.execute("""
                    insert into experiment (id, name, creator_id, token_percent, planned, created_at, created_by)
                    values (gen_random_uuid(), 'a draft', ?, 50, 5000, now(), ?)
                    """, anna, anna);
            before.migrate("latest");
            assertThat(old.createQuery("select name || ': ' || most_days from experiment order by most_days, name")
                            .mapTo(String.class)
                            .list())
                    .containsExactly("a draft: 28", "started 0: 28", "started 40: 68", "started 180: 200");
        }
    }

    @Test
    void every_constraint_has_a_name_of_ours() {
        assertThat(handle.createQuery("""
                                select conrelid::regclass || ' ' || conname from pg_constraint
                                where connamespace = 'public'::regnamespace and contype in ('c', 'x') and conname ~ '(_check|_excl)\\d*$'
                                  and conrelid::regclass::text !~ '^flyway'
                                """).mapTo(String.class).list()).isEmpty();
    }
}
