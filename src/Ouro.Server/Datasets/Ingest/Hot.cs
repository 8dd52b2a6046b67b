using System.Runtime.CompilerServices;

namespace Ouro.Server.Datasets;

/// <summary>
/// What is done with every value of a file is compiled at its best from the start. An import is often the first long work of a server, and the half
/// of it would be over before the runtime had seen what is hot: a first million rows took 2.5 seconds of processor time instead of one.
/// </summary>
static class Hot
{
    public const MethodImplOptions Path = MethodImplOptions.AggressiveOptimization;
}
