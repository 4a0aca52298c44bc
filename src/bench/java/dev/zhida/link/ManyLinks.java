package dev.zhida.link;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.postgresql.PGConnection;

/** Links by the million, straight into the table: with codes that are ours, as the next ones of a placement. */
public final class ManyLinks {

    private ManyLinks() {}

    /** Adds {@code count} placements that are like the one of {@code code}; answers their codes. */
    public static List<String> like(Connection connection, String code, int count) throws SQLException, IOException {
        byte[] key;
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("select value from secret_key where name = 'link-code'")) {
            row.next();
            key = row.getBytes(1);
        }
        var codes = new LinkCodes(key);
        var random = new Random(618);
        var made = new ArrayList<String>(count);
        var text = new StringBuilder();
        for (var i = 0; i < count; i++) {
            made.add(codes.create(random).text());
            text.append(made.getLast()).append('\n');
        }
        try (var statement = connection.createStatement()) {
            statement.execute("create temporary table many (code text)");
            var in = connection.unwrap(PGConnection.class).getCopyAPI().copyIn("copy many from stdin");
            var bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
            in.writeToCopy(bytes, 0, bytes.length);
            in.endCopy();
            statement.execute("""
                    insert into placement (code, creator_id, offer_id, platform, scene, medium, label, destination, earns,
                        earns_not, created_at)
                    select m.code, p.creator_id, p.offer_id, p.platform, p.scene, p.medium, 'bench ' || m.code, p.destination,
                        p.earns, p.earns_not, p.created_at
                    from many m, placement p where p.code = '%s' on conflict do nothing
                    """.formatted(code));
            statement.execute("analyze placement");
        }
        return made;
    }
}
