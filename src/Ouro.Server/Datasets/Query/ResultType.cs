using System.Collections.Frozen;

namespace Ouro.Server.Datasets;

/// <summary>How the text of a value becomes JSON.</summary>
enum JsonForm : byte { String, Number, Boolean, Json, Timestamp, TimestampTz }

/// <summary>A type of PostgreSQL as it appears in a result.</summary>
/// <param name="Name">As PostgreSQL's own <c>format_type</c> spells it.</param>
/// <param name="Form">The form of a value, or of an element where it is an array.</param>
/// <param name="Array">An array of any number of dimensions.</param>
readonly record struct ResultType(string Name, JsonForm Form, bool Array = false)
{
    public static ResultType Of(uint oid) => Known.TryGetValue(oid, out var type) ? type : new("text", JsonForm.String);

    static IEnumerable<(uint Oid, ResultType Type)> List()
    {
        foreach (var (oid, array, name, form) in Types)
        {
            yield return (oid, new(name, form));
            if (array != 0) yield return (array, new(name + "[]", form, Array: true));
        }
    }

    // The numbers of built-in types never change; what is not here (a composite, an enum, a type of an extension) is a string.
    static readonly (uint Oid, uint Array, string Name, JsonForm Form)[] Types =
    [
        (16, 1000, "boolean", JsonForm.Boolean),
        (21, 1005, "smallint", JsonForm.Number),
        (23, 1007, "integer", JsonForm.Number),
        (20, 1016, "bigint", JsonForm.Number),
        (1700, 1231, "numeric", JsonForm.Number),
        (700, 1021, "real", JsonForm.Number),
        (701, 1022, "double precision", JsonForm.Number),
        (114, 199, "json", JsonForm.Json),
        (3802, 3807, "jsonb", JsonForm.Json),
        (1184, 1185, "timestamp with time zone", JsonForm.TimestampTz),
        (1114, 1115, "timestamp without time zone", JsonForm.Timestamp),
        (1082, 1182, "date", JsonForm.String),
        (1083, 1183, "time without time zone", JsonForm.String),
        (1266, 1270, "time with time zone", JsonForm.String),
        (1186, 1187, "interval", JsonForm.String),
        (25, 1009, "text", JsonForm.String),
        (1043, 1015, "character varying", JsonForm.String),
        (1042, 1014, "character", JsonForm.String),
        (18, 1002, "\"char\"", JsonForm.String),
        (19, 1003, "name", JsonForm.String),
        (2950, 2951, "uuid", JsonForm.String),
        (17, 1001, "bytea", JsonForm.String),
        (26, 1028, "oid", JsonForm.String),
        (790, 791, "money", JsonForm.String),
        (869, 1041, "inet", JsonForm.String),
        (650, 651, "cidr", JsonForm.String),
        (829, 1040, "macaddr", JsonForm.String),
        (774, 775, "macaddr8", JsonForm.String),
        (1560, 1561, "bit", JsonForm.String),
        (1562, 1563, "bit varying", JsonForm.String),
        (142, 143, "xml", JsonForm.String),
        (2249, 2287, "record", JsonForm.String),
        (3614, 3643, "tsvector", JsonForm.String),
        (3615, 3645, "tsquery", JsonForm.String),
        (4072, 4073, "jsonpath", JsonForm.String),
        (600, 1017, "point", JsonForm.String),
        (3904, 3905, "int4range", JsonForm.String),
        (3926, 3927, "int8range", JsonForm.String),
        (3906, 3907, "numrange", JsonForm.String),
        (3908, 3909, "tsrange", JsonForm.String),
        (3910, 3911, "tstzrange", JsonForm.String),
        (3912, 3913, "daterange", JsonForm.String),
        (4451, 6150, "int4multirange", JsonForm.String),
        (4536, 6157, "int8multirange", JsonForm.String),
        (4532, 6151, "nummultirange", JsonForm.String),
        (4533, 6152, "tsmultirange", JsonForm.String),
        (4534, 6153, "tstzmultirange", JsonForm.String),
        (4535, 6155, "datemultirange", JsonForm.String),
        (705, 0, "unknown", JsonForm.String),
        (2278, 0, "void", JsonForm.String),
        (2205, 2210, "regclass", JsonForm.String),
        (2206, 2211, "regtype", JsonForm.String),
        (28, 1011, "xid", JsonForm.String),
        (27, 1010, "tid", JsonForm.String),
        (3220, 3221, "pg_lsn", JsonForm.String),
    ];

    // Behind the list that it is made of: fields are set from top to bottom.
    static readonly FrozenDictionary<uint, ResultType> Known = List().ToFrozenDictionary(t => t.Oid, t => t.Type);
}
