package dev.zhida.link;

import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.ReportTable;
import dev.zhida.platform.Medium;
import dev.zhida.platform.Platform;
import dev.zhida.platform.Scene;
import dev.zhida.problem.Refusal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A table of what to post where, one place a row.
 *
 * @param rows how many there are, without the header and empty ones
 * @param products those of the rows that were understood, each once
 */
record KitSheet(int rows, List<Product> products, List<RefusedRow> refused) {

    private static final int MAX_ROWS = 2_000;
    private static final int MAX_LABEL = 100;

    /** The columns, by the names that their header may have. */
    enum Column {
        PRODUCT("product", "商品"),
        MARKETPLACE("marketplace", "电商平台"),
        PLATFORM("platform", "渠道平台"),
        SCENE("scene", "场景"),
        LABEL("label", "标签"),
        MEDIUM("medium", "形式");

        private final List<String> names;

        Column(String... names) {
            this.names = List.of(names);
        }

        List<String> names() {
            return names;
        }
    }

    /** A product with all places at which it is to be posted, and the rows that said so. */
    record Product(LinkKits.Batch.Item item, List<Integer> rows) {}

    /** A row that was not understood. */
    record RefusedRow(int row, String column, String reason) {}

    private record Named(String text, Marketplace marketplace) {}

    private static final class BadCell extends Exception {
        private static final long serialVersionUID = 1;
        private final Column column;

        BadCell(Column column, String reason) {
            super(reason, null, false, false);
            this.column = column;
        }
    }

    /**
     * Reads a table.
     *
     * @throws Refusal if the file is no table, lacks a column that is needed, or has too many rows
     */
    static KitSheet read(Path file) {
        var header = new EnumMap<Column, Integer>(Column.class);
        var placesByProduct = new LinkedHashMap<Named, LinkedHashSet<Placement.Place>>();
        var rowsByProduct = new LinkedHashMap<Named, List<Integer>>();
        var refused = new ArrayList<RefusedRow>();
        var rows = new int[1];
        ReportTable.read(file, (number, cells) -> {
            if (header.isEmpty()) {
                header.putAll(header(cells));
                return;
            }
            if (cells.isEmpty()) {
                return;
            }
            if (++rows[0] > MAX_ROWS) {
                throw new Refusal(
                        Refusal.Kind.TOO_LARGE,
                        "table-too-large",
                        "the file has more than " + MAX_ROWS + " rows: split it");
            }
            try {
                var text = cell(header, cells, Column.PRODUCT);
                if (text.isEmpty()) {
                    throw new BadCell(Column.PRODUCT, "an item's link, a share text with one, or an item id");
                }
                var marketplace = cell(header, cells, Column.MARKETPLACE);
                var product = new Named(
                        text, marketplace.isEmpty() ? null : value(Marketplace.class, marketplace, Column.MARKETPLACE));
                placesByProduct
                        .computeIfAbsent(product, key -> new LinkedHashSet<>())
                        .addAll(places(header, cells));
                rowsByProduct.computeIfAbsent(product, key -> new ArrayList<>()).add(number);
            } catch (BadCell bad) {
                refused.add(new RefusedRow(number, bad.column.names().getFirst(), bad.getMessage()));
            }
        });
        return new KitSheet(rows[0], products(placesByProduct, rowsByProduct), refused);
    }

    private static List<Product> products(
            Map<Named, LinkedHashSet<Placement.Place>> places, Map<Named, List<Integer>> rows) {
        return places.entrySet().stream()
                .map(product -> new Product(
                        new LinkKits.Batch.Item(
                                product.getKey().text(),
                                product.getKey().marketplace(),
                                List.copyOf(product.getValue())),
                        rows.get(product.getKey())))
                .toList();
    }

    private static Map<Column, Integer> header(List<String> cells) {
        var header = new EnumMap<Column, Integer>(Column.class);
        for (var i = 0; i < cells.size(); i++) {
            var name = cells.get(i).strip().toLowerCase(Locale.ROOT);
            for (var column : Column.values()) {
                if (column.names().contains(name)) {
                    header.putIfAbsent(column, i);
                }
            }
        }
        for (var column : List.of(Column.PRODUCT, Column.PLATFORM, Column.SCENE)) {
            if (!header.containsKey(column)) {
                throw new Refusal(
                        Refusal.Kind.INVALID,
                        "column-missing",
                        "the first row has to name the columns product, platform and scene; there is no "
                                + column.names().getFirst());
            }
        }
        return header;
    }

    private static List<Placement.Place> places(Map<Column, Integer> header, List<String> cells) throws BadCell {
        var platform = value(Platform.class, cell(header, cells, Column.PLATFORM), Column.PLATFORM);
        var scene = value(Scene.class, cell(header, cells, Column.SCENE), Column.SCENE);
        var label = cell(header, cells, Column.LABEL);
        if (label.length() > MAX_LABEL) {
            throw new BadCell(Column.LABEL, "at most " + MAX_LABEL + " characters");
        }
        var channel = new LinkKitResource.Channel(platform, scene, label);
        var media = new ArrayList<Medium>();
        for (var name : cell(header, cells, Column.MEDIUM).split("[\\s;|+]+")) {
            if (!name.isEmpty()) {
                media.add(value(Medium.class, name, Column.MEDIUM));
            }
        }
        try {
            return LinkKitResource.places(List.of(channel), media);
        } catch (Refusal refusal) {
            throw new BadCell(Column.MEDIUM, refusal.getMessage());
        }
    }

    private static String cell(Map<Column, Integer> header, List<String> cells, Column column) {
        var index = header.get(column);
        return index == null || index >= cells.size() ? "" : cells.get(index).strip();
    }

    private static <E extends Enum<E>> E value(Class<E> type, String text, Column column) throws BadCell {
        for (var value : type.getEnumConstants()) {
            if (value.name().equalsIgnoreCase(text)) {
                return value;
            }
        }
        throw new BadCell(column, "one of " + Arrays.toString(type.getEnumConstants()) + ", not " + text);
    }
}
