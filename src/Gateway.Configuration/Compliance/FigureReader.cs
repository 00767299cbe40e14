using Gateway.Configuration.Diagnostics;
using Gateway.Configuration.Fields;
using Gateway.Configuration.Tags;
using Gateway.Runtime.Compliance;
using Gateway.Runtime.Expressions;

namespace Gateway.Configuration.Compliance;

/// <summary>Finds the permit windows that tags show figures of, once the permits are known.</summary>
internal static class FigureReader
{
    /// <summary>Tags with their windows; what is wrong goes to the bag.</summary>
    public static List<FigureTag> Read(TagSet tags, IReadOnlyList<PermitLimit> limits, DiagnosticBag bag)
    {
        List<FigureTag> found = [];
        foreach (FigureDraft draft in tags.Figures)
        {
            int cut = draft.Text.LastIndexOf('/');
            string window = cut < 0 ? draft.Text : draft.Text[..cut], name = cut < 0 ? "" : draft.Text[(cut + 1)..];
            int figure = PermitFigures.Names.ToList().IndexOf(name);
            PermitLimit? limit = limits.FirstOrDefault(one => NameOf(one) == window);
            if (figure < 0)
                bag.Report(DiagnosticCodes.Figure, draft.At, $"'{FieldReader.Short(name)}' is no figure of a window; write permit/parameter/statistic/figure with one of {string.Join(", ", PermitFigures.Names)}{bag.Suggest(name, PermitFigures.Names)}");
            else if (limit is null)
                bag.Report(DiagnosticCodes.Figure, draft.At, $"compliance.json judges no '{FieldReader.Short(window)}'{bag.Suggest(window, [.. limits.Select(NameOf)])}");
            else if (!IsSameUnit(tags.Definitions[draft.Tag].Unit, PermitFigures.UnitOf(limit, (PermitFigure)figure)))
                bag.Report(DiagnosticCodes.Figure, draft.At, $"the figure is in '{PermitFigures.UnitOf(limit, (PermitFigure)figure)}', the tag in '{FieldReader.Short(tags.Definitions[draft.Tag].Unit)}'; correct the unit of the tag");
            else
                found.Add(new FigureTag(draft.Tag, limit.Index, (PermitFigure)figure));
        }
        return found;
    }

    private static string NameOf(PermitLimit limit) => $"{limit.PermitId}/{limit.Parameter}/{ComplianceNames.Of(limit.Statistic)}";

    private static bool IsSameUnit(string tag, string figure) => tag == figure || (Unit.TryParse(tag, out Unit a, out _) && Unit.TryParse(figure, out Unit b, out _) && a == b);
}
