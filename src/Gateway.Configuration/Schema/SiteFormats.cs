using Gateway.Configuration.Alarms;
using Gateway.Configuration.Compliance;
using Gateway.Configuration.Fields;
using Gateway.Configuration.Outputs;
using Gateway.Configuration.Site;
using Gateway.Configuration.Tags;

namespace Gateway.Configuration.Schema;

/// <summary>The files of a site and the standards they refer to, as the parser, the schemas and the documentation know them.</summary>
internal static class SiteFormats
{
    /// <summary>One shape for each file.</summary>
    public static IReadOnlyList<Shape> All { get; } = [GatewayShapes.Root, TagShape.Columns, AlarmShape.Columns, SuppressionShape.Columns, ComplianceShapes.Root, StandardShapes.Root, OutputShape.Columns];

    /// <summary>The shape of a file and all shapes nested in it, outer ones first.</summary>
    public static IEnumerable<Shape> WithNested(Shape shape) =>
        [shape, .. shape.Fields.Where(field => field.Item is not null).SelectMany(field => WithNested(field.Item!))];
}
