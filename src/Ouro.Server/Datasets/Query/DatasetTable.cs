using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Ouro.Server.Datasets;

/// <summary>
/// Where a dataset's rows are: the view <c>datasets.d_…</c> that users' SQL reads. The name is random, because PostgreSQL lets
/// anybody turn a number into the name of a table, and a name must then say nothing.
/// </summary>
/// <param name="Id">The dataset.</param>
/// <param name="Name">The name of the view inside the schema.</param>
public sealed partial record DatasetTable(Guid Id, string Name)
{
    public const string Schema = "datasets";

    /// <summary>The view as SQL: schema and name, quoted.</summary>
    public string Qualified => $"{Schema}.\"{Checked}\"";

    /// <summary>A new table for a dataset, under a name that nobody can guess.</summary>
    public static DatasetTable New(Guid id) => new(id, "d_" + RandomNumberGenerator.GetHexString(24, lowercase: true));

    /// <summary>The role that reads this table and nothing else. Roles belong to the cluster, so it is named after the database.</summary>
    public string Role(string database) => $"{RolePrefix(database)}{Checked[2..]}";

    /// <summary>The role that all datasets' roles of a database belong to: it may connect and find the schema, no more.</summary>
    public static string ReadersRole(string database) => $"{RolePrefix(database)}readers";

    /// <summary>What the names of all roles of a database's datasets begin with.</summary>
    public static string RolePrefix(string database) =>
        $"d_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(database)).AsSpan(0, 6))}_";

    /// <summary>The name goes into SQL that takes no parameters, so it is what this program makes up, or nothing.</summary>
    string Checked => Opaque().IsMatch(Name) ? Name : throw new InvalidOperationException($"“{Name}” is not the name of a dataset's table.");

    [GeneratedRegex(@"\Ad_[0-9a-z]{8,40}\z")]
    private static partial Regex Opaque();
}
