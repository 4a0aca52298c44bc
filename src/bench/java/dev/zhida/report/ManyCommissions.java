package dev.zhida.report;

import dev.zhida.identity.Scope;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.YearMonth;
import java.util.Optional;

/** A month of settled order lines by the million, straight into the tables: with their commissions and their transfers. */
public final class ManyCommissions {

    private ManyCommissions() {}

    private static final int CREATORS = 1_000;

    /** Adds {@code count} lines of a thousand creators, that look as if the placement of {@code code} had brought them. */
    public static void make(Connection connection, String code, int count, YearMonth month) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("""
                    create temporary table many as
                    with who as (select g %% %2$d no, uuidv7() id from generate_series(1, %2$d) g)
                    select uuidv7() id, (2700000000000000000 + g)::text no, 1000 + g %% 9000 as settled, who.id creator_id
                    from generate_series(1, %1$d) g join who on who.no = g %% %2$d
                    """.formatted(count, CREATORS));
            statement.execute("insert into creator (id, name, created_at) select distinct creator_id, '博主', now() from many");
            statement.execute("""
                    insert into order_line (id, marketplace, account_id, line_key, order_no, parent_no, item_id, item_key,
                        item_title, shop_name, quantity, status, status_text, paid_fen, estimated_fen, settled_base_fen,
                        settled_fen, fee_rate, clicked_at, created_at, paid_at, settled_at, as_of, first_observed_at, changed_at)
                    select m.id, 'TAOBAO', a.id, m.no || ':1', m.no, m.no, '680011223344', '680011223344',
                        '羊毛大衣, "双面" 秋装新款中长款', '某旗舰店', 1, 'SETTLED', '订单结算', m.settled * 10, m.settled, m.settled * 10,
                        m.settled, 0.1, t.at, t.at, t.at, t.at, t.at, now(), now()
                    from many m, (select id from marketplace_account where marketplace = 'TAOBAO' limit 1) a,
                        (select timestamptz '%s 12:00:00+08' at) t
                    """.formatted(month.atDay(15)));
            statement.execute("""
                    insert into attribution (order_line_id, version, current, confidence, placement_id, creator_id, medium,
                        rule_version, evidence, decided_at)
                    select m.id, 1, true, 'EXACT', p.id, m.creator_id, p.medium, 1, '{}', now()
                    from many m, placement p where p.code = '%s'
                    """.formatted(code));
            statement.execute("""
                    insert into commission (order_line_id, creator_id, placement_id, rule_version, estimated_fen, settled_fen,
                        amount_fen, gross_fen, fee_fen, fee_assumed, platform_fen, month, inputs, calculated_at)
                    select m.id, m.creator_id, p.id, 1, m.settled / 2, m.settled / 2, m.settled / 2, m.settled, m.settled / 10, true,
                        m.settled - m.settled / 2 - m.settled / 10, '%s', '{}', now()
                    from many m, placement p where p.code = '%s'
                    """.formatted(month.atDay(1), code));
            statement.execute("insert into ledger_source (name, version) select 'order-line/' || id, 1 from many");
            statement.execute("""
                    insert into ledger_account (kind, owner)
                    select 'RECEIVABLE', 'TAOBAO' union all
                    select distinct 'CREATOR_CONFIRMED', creator_id::text from many
                    on conflict do nothing
                    """);
            statement.execute("""
                    insert into ledger_transfer (source_id, source_version, debit_id, credit_id, amount_fen, month, reason,
                        posted_at)
                    select s.id, 1, d.id, c.id, m.settled / 2, '%s', 'SETTLED', now()
                    from many m join ledger_source s on s.name = 'order-line/' || m.id
                    join ledger_account d on d.kind = 'RECEIVABLE' and d.owner = 'TAOBAO'
                    join ledger_account c on c.kind = 'CREATOR_CONFIRMED' and c.owner = m.creator_id::text
                    """.formatted(month.atDay(1)));
            statement.execute("analyze");
        }
    }

    /** What the application asks PostgreSQL for when it makes the file of all commissions of the month. */
    public static String query(YearMonth month, boolean closed) {
        return CommissionReport.file(
                        "commissions",
                        new CommissionReport.Filter(month, null, null, null, null, null),
                        new Scope.Everything(),
                        closed ? Optional.of(month) : Optional.empty())
                .sql();
    }
}
