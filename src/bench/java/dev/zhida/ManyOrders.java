package dev.zhida;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.postgresql.PGConnection;

/** Order lines by the ten thousand, as a marketplace exports them. */
final class ManyOrders {

    private static final String HEADER = "创建时间,点击时间,商品信息,商品ID,商品数,订单状态,付款金额,效果预估,结算金额,预估收入,结算时间,订单编号,来源媒体ID,广告位ID\n";
    private static final DateTimeFormatter LOCAL =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.of("Asia/Shanghai"));

    private ManyOrders() {}

    /** A report of {@code count} settled lines; clicks came by the slots in turn. */
    static byte[] report(int count, long firstOrder, List<String> pids) {
        var text = new StringBuilder(HEADER);
        var now = LOCAL.format(Instant.now());
        for (var i = 0; i < count; i++) {
            var pid = pids.get(i % pids.size()).split("_");
            text.append(now).append(',').append(now).append(",羊毛大衣,").append(690_000_000_000L + i % 1_000).append(",1,订单结算,");
            text.append("199.00,19.90,199.00,19.90,").append(now).append(',').append(firstOrder + i).append(',');
            text.append(pid[2]).append(',').append(pid[3]).append('\n');
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The same rows by plain COPY into a plain table; answers the seconds that it took, commit included. */
    static double copy(Connection connection, byte[] report) throws SQLException, IOException {
        try (var statement = connection.createStatement()) {
            statement.execute("drop table if exists plain_order");
            statement.execute("create table plain_order (created text, clicked text, title text, item text, quantity int,"
                    + " status text, paid numeric, estimated numeric, base numeric, settled numeric, settled_at text,"
                    + " order_no text primary key, site text, adzone text)");
            var began = System.nanoTime();
            connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("copy plain_order from stdin (format csv, header)", new ByteArrayInputStream(report));
            var seconds = (System.nanoTime() - began) / 1e9;
            statement.execute("drop table plain_order");
            return seconds;
        }
    }
}
